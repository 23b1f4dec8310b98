package dev.orderwire.testing;

import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlRowHistory;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.upkeep.InstalledCapture;

/** The data sources of a gateway in MySQL. */
public final class Sources {
  private Sources() {}

  public static Source of(Mysql mysql, WatchedTables catalog, Feed feed) {
    return new Source(
        catalog,
        feed,
        new MysqlBacklog(mysql, catalog),
        new MysqlSnapshotReader(mysql),
        new MysqlRowHistory(mysql, catalog),
        new InstalledCapture(mysql, new TriggerCapture()));
  }
}

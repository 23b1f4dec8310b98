package dev.orderwire.cli;

import dev.orderwire.change.Position;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.upkeep.Reconciler;
import dev.orderwire.upkeep.Retention;
import java.util.List;

/** The parts of a listener: they follow the change log and keep the database as installed. */
record Listener(Tail tail, Reconciler reconciler, Retention retention) implements AutoCloseable {
  /**
   * Creates the parts without starting them.
   *
   * @param start the position that the tail continues from
   * @param versions the watched tables at that position, or later
   * @param moments takes what the tail reads
   */
  static Listener of(
      Settings settings,
      Mysql mysql,
      InstalledDatabase database,
      Position start,
      List<TableVersion> versions,
      MomentListener moments) {
    var doorbell = settings.tail().doorbell() ? new BinlogDoorbell(mysql) : Doorbell.NONE;
    var tail = new Tail(mysql, versions, start, moments, doorbell);
    var reconciler =
        new Reconciler(
            mysql,
            database.capture(),
            database.tables(),
            database.options(),
            settings.install().auto(),
            tail);
    var retention =
        new Retention(mysql, tail, settings.retention().hours(), settings.retention().megabytes());
    return new Listener(tail, reconciler, retention);
  }

  void start() {
    // Before the tail, which asks whether resets follow the markers that it finds.
    reconciler.start();
    tail.start();
    retention.start();
  }

  @Override
  public void close() {
    retention.close();
    reconciler.close();
    tail.close();
  }
}

package dev.orderwire.changelog;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import java.util.List;

/** Reads a whole table as a snapshot, for tests of other packages. */
public final class SnapshotOfTable {
  private SnapshotOfTable() {}

  public static List<Row> read(Mysql mysql, Table table) {
    CollectedRows collected = new CollectedRows(Integer.MAX_VALUE);
    new MysqlSnapshotReader(mysql)
        .read(table, Prefilter.ALL, null, Tail.end(mysql), 1_000, collected);
    return collected.rows;
  }
}

package dev.orderwire.judge.table;

import java.util.List;

/** The tables of a run. */
public final class WatchedTables {
  /** The first one is the servers' default table. */
  public static final List<WatchedTable> ALL =
      List.of(new ItemTable(), new AccountTable(), new StockTable(), new DocTable());

  private WatchedTables() {}
}

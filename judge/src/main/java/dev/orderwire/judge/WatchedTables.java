package dev.orderwire.judge;

import java.util.List;

/** The tables of a run. */
final class WatchedTables {
  /** The first one is the servers' default table. */
  static final List<WatchedTable> ALL =
      List.of(new ItemTable(), new AccountTable(), new StockTable(), new DocTable());

  private WatchedTables() {}
}

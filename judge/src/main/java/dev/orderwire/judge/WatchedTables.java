package dev.orderwire.judge;

import java.util.List;

/** The tables of a run. */
final class WatchedTables {
  /** The first one is the servers' default table. */
  static final List<WatchedTable> ALL =
      List.of(new Items(), new Accounts(), new Stocks(), new Docs());

  private WatchedTables() {}
}

package dev.orderwire.judge.table;

import java.util.List;
import java.util.stream.Stream;

/** The tables of a run. */
public final class WatchedTables {
  /** The tables that schema changes change. */
  public static final List<WatchedTable> ALTERED =
      List.of(new ItemTable(), new AccountTable(), new StockTable(), new DocTable());

  /** The first one is the servers' default table. */
  public static final List<WatchedTable> ALL =
      Stream.concat(ALTERED.stream(), Stream.of(new MemberTable())).toList();

  private WatchedTables() {}
}

package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import java.util.ArrayList;
import java.util.List;

/** Ids as an SQL condition that MySQL evaluates as ranges of the change log's primary key. */
public final class IdCondition {
  /**
   * Beyond range_optimizer_max_mem_size (8 MiB by default, about 36,000 ranges) MySQL reads the
   * whole table. Long before that, parsing the ranges takes longer than reading the rows.
   */
  private static final int MAX_RANGES = 2_000;

  private IdCondition() {}

  /** A condition that holds for all {@code ids}; if they have very many ranges, for others too. */
  public static String in(Ids ids) {
    List<String> conditions = new ArrayList<>();
    StringBuilder single = new StringBuilder();
    for (Ids.Range range : ids.joinedTo(MAX_RANGES).ranges()) {
      if (range.size() == 1) {
        single.append(single.isEmpty() ? "id IN (" : ",").append(range.first());
      } else {
        conditions.add("id BETWEEN " + range.first() + " AND " + range.last());
      }
    }
    if (!single.isEmpty()) {
      conditions.add(single.append(')').toString());
    }
    return conditions.isEmpty() ? "FALSE" : String.join(" OR ", conditions);
  }
}

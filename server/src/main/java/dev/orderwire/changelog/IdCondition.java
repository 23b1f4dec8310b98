package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids as a condition on the change log, in a form that MySQL turns into ranges of the primary key.
 */
public final class IdCondition {
  /**
   * MySQL gives up on ranges, and reads the whole table, past range_optimizer_max_mem_size (8 MiB
   * by default, about 36,000 of them); long before that, parsing them takes longer than the read.
   */
  private static final int MOST_RANGES = 2_000;

  private IdCondition() {}

  /** A condition that holds for all of {@code ids}, and where they are very many, for some more. */
  public static String in(Ids ids) {
    List<String> conditions = new ArrayList<>();
    StringBuilder single = new StringBuilder();
    for (Ids.Range range : ids.joinedTo(MOST_RANGES).ranges()) {
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

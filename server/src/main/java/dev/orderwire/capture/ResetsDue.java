package dev.orderwire.capture;

import java.util.Map;

/**
 * What the caller knows about the time since the last check, as the database does not show it.
 *
 * @param markers tables that must be reset in any case, each with the id that its newest reset row
 *     must lie above
 * @param oneAlter whether at most one statement has altered tables: only then is it certain that a
 *     table whose rows were not replaced, and which nothing is missing of, was not altered twice,
 *     for example to add a foreign key and to drop it again
 */
public record ResetsDue(Map<String, Long> markers, boolean oneAlter) {
  public static final ResetsDue UNKNOWN = new ResetsDue(Map.of(), false);

  public ResetsDue {
    markers = Map.copyOf(markers);
  }
}

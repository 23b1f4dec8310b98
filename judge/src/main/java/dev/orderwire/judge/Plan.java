package dev.orderwire.judge;

import java.time.Duration;
import java.util.Set;

/**
 * What a run is to be.
 *
 * @param length how long load lasts, all rounds together
 * @param round how long the load of one round lasts
 * @param scale how hard the writers work: 1 is for a small machine
 * @param trouble what may go wrong
 */
record Plan(
    Duration length,
    Duration round,
    long seed,
    int servers,
    int writers,
    int clients,
    int scale,
    Set<Trouble> trouble) {
  /** Whether clients may be told to begin anew for that reason. */
  boolean expectsReset(String reason) {
    return switch (reason) {
      case "schema" -> trouble.contains(Trouble.SCHEMA) || trouble.contains(Trouble.TRIGGER);
      case "epoch" -> trouble.contains(Trouble.LOG);
      default -> false;
    };
  }

  boolean changesTheSchema() {
    return trouble.stream().anyMatch(Trouble::isOfTheSchema);
  }
}

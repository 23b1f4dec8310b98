package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which values of a lookup the rows of a view had, message by message, since the last round that
 * passed. Whether the lookup held them then is known only once its changes are read. For one thread
 * at a time.
 */
public final class Sightings {
  /**
   * The values in a message.
   *
   * @param team whose lookup it is
   * @param from the position before it; null for rows of a snapshot
   * @param to the position of the message
   * @param isNewer whether the set may be newer than the position
   */
  public record Sighting(
      String team,
      @Nullable ReceivedPosition from,
      ReceivedPosition to,
      boolean isNewer,
      Set<String> values) {}

  private final List<Sighting> all = new ArrayList<>();
  private Set<String> open = new HashSet<>();

  Sightings() {}

  /** Adds the value in a row of the message that {@link #end} will end. */
  void add(Sight sight, JsonNode row) {
    String column = Sight.LOOKUP_COLUMN;
    if (sight.hasLookup() && row.has(column)) {
      open.add(row.path(column).asString());
    }
  }

  /** Ends a message. */
  void end(Standing standing, @Nullable ReceivedPosition from, ReceivedPosition to) {
    String team = standing.sight().team();
    if (team != null && !open.isEmpty()) {
      all.add(new Sighting(team, from, to, standing.isLookupNewer(), open));
      open = new HashSet<>();
    }
  }

  void clear() {
    all.clear();
    open.clear();
  }

  /** Drops what was added since the last message that has ended. */
  void reset() {
    open.clear();
  }

  public List<Sighting> all() {
    return List.copyOf(all);
  }
}

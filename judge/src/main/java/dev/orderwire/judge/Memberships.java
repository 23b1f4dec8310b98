package dev.orderwire.judge;

import dev.orderwire.judge.client.Sightings.Sighting;
import dev.orderwire.judge.table.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which groups each team saw at each position of a round, by the changes of the lookup's table. */
final class Memberships {
  /** A change of the lookup's table. */
  private record Change(long id, String team, String group, boolean added) {}

  private final Map<String, Set<String>> atTheStart = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();

  /**
   * Reads them while nobody writes.
   *
   * @param after the highest id of the log in the previous round
   */
  static Memberships read(Statement statement, long after) throws SQLException {
    Memberships memberships = new Memberships();
    try (ResultSet log =
        statement.executeQuery(
            "SELECT id, row_before, row_after FROM orderwire_change_log"
                + " WHERE table_name = 'member' AND id > "
                + after
                + " ORDER BY id")) {
      while (log.next()) {
        String before = log.getString(2);
        String now = log.getString(3);
        memberships.change(
            log.getLong(1),
            before == null ? null : Json.parse(before),
            now == null ? null : Json.parse(now));
      }
    }
    try (ResultSet rows = statement.executeQuery("SELECT team, grp FROM member")) {
      while (rows.next()) {
        memberships.now(rows.getString(1), rows.getString(2));
      }
    }
    memberships.goBackToTheStart();
    return memberships;
  }

  /** Adds the next change of the log. */
  void change(long id, @Nullable JsonNode before, @Nullable JsonNode after) {
    add(id, before, false);
    add(id, after, true);
  }

  private void add(long id, @Nullable JsonNode row, boolean added) {
    if (row != null) {
      changes.add(new Change(id, row.path("team").asString(), row.path("grp").asString(), added));
    }
  }

  /** Adds what a team sees now. */
  void now(String team, String group) {
    ofTeam(team).add(group);
  }

  /** All changes and all that the teams see now have been added. */
  void goBackToTheStart() {
    for (Change change : changes.reversed()) {
      apply(ofTeam(change.team()), change.group(), !change.added());
    }
  }

  private Set<String> ofTeam(String team) {
    return atTheStart.computeIfAbsent(team, _ -> new HashSet<>());
  }

  private static void apply(Set<String> groups, String group, boolean added) {
    if (added) {
      groups.add(group);
    } else {
      groups.remove(group);
    }
  }

  /** The groups in a message that the team did not see at any time between its two positions. */
  Set<String> denied(Sighting sighting) {
    String team = sighting.team();
    LongPredicate before =
        sighting.from() == null ? sighting.to()::covers : sighting.from()::covers;
    Set<String> seen = new HashSet<>(ofTeam(team));
    for (Change change : changes) {
      if (change.team().equals(team) && before.test(change.id())) {
        apply(seen, change.group(), change.added());
      }
    }
    for (Change change : changes) {
      boolean isBetween = sighting.to().covers(change.id()) && !before.test(change.id());
      if (change.team().equals(team) && change.added() && isBetween) {
        seen.add(change.group());
      }
    }
    if (sighting.isNewer()) {
      changes.stream()
          .filter(change -> change.team().equals(team) && change.added())
          .forEach(change -> seen.add(change.group()));
    }
    Set<String> denied = new HashSet<>(sighting.values());
    denied.removeAll(seen);
    return denied;
  }
}

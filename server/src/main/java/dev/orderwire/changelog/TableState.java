package dev.orderwire.changelog;

import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.ShapeJson;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.TableIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of a table as JSON, by which a server finds that its rows may have changed without a
 * row of the change log:
 *
 * <ul>
 *   <li>{@code shape}: the key and the columns;
 *   <li>{@code columns}: what else the values of generated columns depend on;
 *   <li>{@code triggers}: the {@link CaptureParts#ids};
 *   <li>{@code holes}: the {@link CaptureParts#holes};
 *   <li>{@code number}: InnoDB's {@link TableIds#withVersions ids}, if this user may see them;
 *   <li>{@code created}: the creation time in whole seconds, which every ALTER TABLE changes, also
 *       a harmless one, and a TRUNCATE does not.
 * </ul>
 */
final class TableState {
  /** What follows from two states of a table. */
  enum Difference {
    /** Nothing. */
    NONE,
    /** The new state is to be stored. */
    STORE,
    /** Clients have to read the table anew. */
    RESET
  }

  private TableState() {}

  /**
   * The state now.
   *
   * @param known the stored state
   */
  static ObjectNode now(
      Connection connection, Table table, CaptureParts parts, Optional<JsonNode> known)
      throws SQLException {
    String name = table.name();
    ObjectNode now = JsonMapper.shared().createObjectNode();
    now.set("shape", ShapeJson.json(table));
    columns(connection, name, now.putArray("columns"));
    ArrayNode triggers = now.putArray("triggers");
    parts.ids(connection, name).forEach(triggers::add);
    ArrayNode holes = now.putArray("holes");
    List<String> stored =
        known.stream()
            .flatMap(state -> state.path("holes").valueStream())
            .map(JsonNode::asString)
            .toList();
    parts.holes(connection, name, stored).forEach(holes::add);
    TableIds.withVersions(connection, name).ifPresent(number -> now.put("number", number));
    return now.put("created", created(connection, name));
  }

  /**
   * Compares two states.
   *
   * @param oneAlter whether at most one statement has altered tables in between
   */
  static Difference between(JsonNode known, ObjectNode now, boolean oneAlter) {
    boolean numbered = known.has("number") && now.has("number");
    boolean altered = differ("created", known, now);
    if (differ("shape", known, now)
        || differ("columns", known, now)
        || differ("triggers", known, now)
        || anyHoleEnded(known, now)
        || (numbered && differ("number", known, now))
        || (altered && !(numbered && oneAlter))) {
      return Difference.RESET;
    }
    boolean newNumber = now.has("number") && !known.has("number");
    return altered || newNumber || differ("holes", known, now) ? Difference.STORE : Difference.NONE;
  }

  private static boolean differ(String part, JsonNode known, JsonNode now) {
    return !Objects.equals(known.get(part), now.get(part));
  }

  private static boolean anyHoleEnded(JsonNode known, JsonNode now) {
    for (JsonNode hole : known.path("holes")) {
      if (now.path("holes").valueStream().noneMatch(hole::equals)) {
        return true;
      }
    }
    return false;
  }

  /** A collation decides comparisons in an expression, and so its value. */
  private static void columns(Connection connection, String table, ArrayNode into)
      throws SQLException {
    Query.list(
            connection,
            """
            SELECT CONCAT_WS(' ', column_name, collation_name, generation_expression) AS text
              FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = ?
             ORDER BY ordinal_position\
            """,
            row -> row.getString("text"),
            table)
        .forEach(into::add);
  }

  private static String created(Connection connection, String table) throws SQLException {
    return Query.list(
            connection,
            """
            SELECT COALESCE(DATE_FORMAT(create_time, '%Y-%m-%d %H:%i:%s'), '') AS created
              FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> row.getString("created"),
            table)
        .stream()
        .findFirst()
        .orElse("");
  }
}

package dev.orderwire.changelog;

import dev.orderwire.change.Table;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.TableIds;
import dev.orderwire.mysql.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the reset rows of the change log: one whenever what stands on a table is not what the
 * servers last took note of. Triggers count by their ids, so that whatever was done to them is
 * noticed, by whomever, and also where a server died between putting them right and saying so.
 */
public final class ResetRows {
  private static final String INSERT =
      "INSERT INTO "
          + ChangeLogTable.NAME
          + " (table_name, op, row_key, row_before, row_after, actor)"
          + " VALUES (?, 'update', NULL, NULL, ?, 'orderwire')";

  private final CaptureIds captureIds;

  public ResetRows(CaptureIds captureIds) {
    this.captureIds = captureIds;
  }

  /**
   * As a trigger's that could not even tell the key: from here on nothing that is logged is whole.
   */
  private static final String INSERT_MARKER =
      "INSERT INTO "
          + ChangeLogTable.NAME
          + " (table_name, op, actor) VALUES (?, 'update', 'orderwire')";

  private static String state(String table) {
    return "table:" + table;
  }

  /** The table as its newest reset row has it, with that row's id; empty where nothing is noted. */
  static Optional<TableVersion> noted(Connection connection, String table) throws SQLException {
    return StateTable.read(connection, state(table))
        .filter(kept -> kept.has("shape"))
        .map(kept ->
            new TableVersion(ShapeJson.table(table, kept.get("shape").toString()), id(kept)));
  }

  private static long id(JsonNode state) {
    return state.path("reset").asLong();
  }

  /**
   * Where a watched table has come to be without a trigger, changes went unlogged: says so before
   * the next one is logged, so that no tail passes it on as if it were all.
   */
  public static void markUnlogged(Connection connection, String table) throws SQLException {
    if (StateTable.read(connection, state(table)).isPresent()) {
      try (PreparedStatement statement = connection.prepareStatement(INSERT_MARKER)) {
        statement.setString(1, table);
        statement.executeUpdate();
      }
    }
  }

  /** Forgets what was noted of all tables: each is to be reset, unless it is begun anew. */
  static void forgetAll(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE %s SET value = JSON_OBJECT('reset', 0) WHERE name LIKE '%s%%'"
              .formatted(StateTable.NAME, state("")));
    }
  }

  /** Takes note of a table whose rows nothing is known of yet: no reset row is needed. */
  void begin(Connection connection, Table table) throws SQLException {
    StateTable.write(connection, state(table.name()), now(connection, table).put("reset", 0));
  }

  /**
   * Writes a reset row, where one is due. A table that nobody has watched before needs none:
   * nothing is known of its rows.
   *
   * @param after an id that the newest reset row is to lie above, whatever else is known: that of a
   *     marker; 0 where there is none
   * @return the reset row's id
   */
  public OptionalLong ensure(Connection connection, Table table, long after) throws SQLException {
    if (isKnown(StateTable.read(connection, state(table.name())), now(connection, table), after)) {
      return OptionalLong.empty();
    }
    return Transaction.run(
        connection,
        () -> {
          Optional<JsonNode> known = StateTable.lock(connection, state(table.name()));
          ObjectNode now = now(connection, table);
          // Without its triggers it would have to be read anew once more.
          if (isKnown(known, now, after) || now.path("triggers").isEmpty()) {
            return OptionalLong.empty();
          }
          boolean due = known.isPresent() || after > 0;
          long id = due ? insert(connection, table) : 0;
          StateTable.write(connection, state(table.name()), now.put("reset", id));
          return due ? OptionalLong.of(id) : OptionalLong.empty();
        });
  }

  private static boolean isKnown(Optional<JsonNode> state, JsonNode now, long after) {
    return state.isPresent() && id(state.get()) >= after && isSame(state.get(), now);
  }

  private static boolean isSame(JsonNode known, JsonNode now) {
    return Objects.equals(known.get("shape"), now.get("shape"))
        && Objects.equals(known.get("triggers"), now.get("triggers"))
        && isSameLife(known, now);
  }

  /**
   * Whether it is still the table that it was. Its number tells better than its time of creation,
   * which an index changes and a TRUNCATE does not; but not every server may see it.
   */
  private static boolean isSameLife(JsonNode known, JsonNode now) {
    String part = known.has("number") && now.has("number") ? "number" : "created";
    return Objects.equals(known.get(part), now.get(part));
  }

  private ObjectNode now(Connection connection, Table table) throws SQLException {
    ObjectNode now = JsonMapper.shared().createObjectNode();
    now.set("shape", ShapeJson.json(table));
    ArrayNode triggers = now.putArray("triggers");
    captureIds.of(connection, table.name()).forEach(triggers::add);
    TableIds.of(connection, table.name()).ifPresent(number -> now.put("number", number));
    return now.put("created", created(connection, table.name()));
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

  private static long insert(Connection connection, Table table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(INSERT, Statement.RETURN_GENERATED_KEYS)) {
      statement.setString(1, table.name());
      statement.setString(2, ShapeJson.json(table).toString());
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    }
  }
}

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
 * Writes the change log's reset rows: one whenever a table differs from its state in the {@link
 * StateTable}, which holds its shape, its {@link CaptureIds} and its identity at the last reset.
 * Triggers are compared by their ids, so that every change to them is noticed, even if a server
 * repaired them and died before it wrote the reset row.
 */
public final class ResetRows {
  private static final String INSERT =
      "INSERT INTO "
          + ChangeLogTable.NAME
          + " (table_name, op, row_key, row_before, row_after, actor)"
          + " VALUES (?, 'update', NULL, NULL, ?, 'orderwire')";

  /** A marker without a key: from here on, changes of the table are missing from the log. */
  private static final String INSERT_MARKER =
      "INSERT INTO "
          + ChangeLogTable.NAME
          + " (table_name, op, actor) VALUES (?, 'update', 'orderwire')";

  private final CaptureIds captureIds;

  public ResetRows(CaptureIds captureIds) {
    this.captureIds = captureIds;
  }

  private static String state(String table) {
    return "table:" + table;
  }

  /** The table's version at its newest reset row; empty if none is stored. */
  static Optional<TableVersion> stored(Connection connection, String table) throws SQLException {
    return StateTable.read(connection, state(table))
        .filter(state -> state.has("shape"))
        .map(state ->
            new TableVersion(ShapeJson.table(table, state.get("shape").toString()), id(state)));
  }

  private static long id(JsonNode state) {
    return state.path("reset").asLong();
  }

  /**
   * Writes a marker for a watched table that lacked a trigger, as changes went unlogged. To be
   * called before the trigger is created again, so that no tail delivers later changes as if
   * nothing were missing.
   */
  public static void markUnlogged(Connection connection, String table) throws SQLException {
    if (StateTable.read(connection, state(table)).isPresent()) {
      try (PreparedStatement statement = connection.prepareStatement(INSERT_MARKER)) {
        statement.setString(1, table);
        statement.executeUpdate();
      }
    }
  }

  /** Forgets the state of all tables: each gets a reset row, unless {@link #begin} follows. */
  static void forgetAll(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE %s SET value = JSON_OBJECT('reset', 0) WHERE name LIKE '%s%%'"
              .formatted(StateTable.NAME, state("")));
    }
  }

  /** Stores the state of a table at the start of an epoch, without a reset row. */
  void begin(Connection connection, Table table) throws SQLException {
    StateTable.write(connection, state(table.name()), now(connection, table).put("reset", 0));
  }

  /**
   * Writes a reset row if one is due. A table that was not watched before needs none, as no client
   * has rows of it.
   *
   * @param after the id of a marker, which the newest reset row must be above; 0 if there is none
   * @return the id of the reset row
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
          // Without triggers the table would need another reset row later.
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
        && isSameTable(known, now);
  }

  /**
   * Whether the table has not been replaced. Its InnoDB id is more reliable than its creation time,
   * which a new index changes and a TRUNCATE does not; but not every server may see the id.
   */
  private static boolean isSameTable(JsonNode known, JsonNode now) {
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

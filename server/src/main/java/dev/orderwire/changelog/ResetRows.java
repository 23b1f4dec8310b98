package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.TableState.Difference;
import dev.orderwire.changelog.row.ShapeJson;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.TableIds;
import dev.orderwire.mysql.Transaction;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the change log's reset rows: one whenever a table differs from its {@link TableState} in
 * the {@link StateTable} so that its rows may have changed unlogged. Triggers are compared by their
 * ids, so that every change to them is noticed, even if a server repaired them and died before it
 * wrote the reset row. A hole that a server has seen is stored as well, so that its end is noticed
 * by whichever server runs then.
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

  private final CaptureParts parts;

  public ResetRows(CaptureParts parts) {
    this.parts = parts;
  }

  private static String state(String table) {
    return "table:" + table;
  }

  /** The shape that the servers know of a watched table; empty if none is stored. */
  public static Optional<Table> knownShape(Connection connection, String table)
      throws SQLException {
    return stored(connection, table).map(TableVersion::table);
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
   * Writes a marker for a watched table whose changes go unlogged, or are logged wrongly. If it
   * lacked a trigger, call this before the trigger is created again, so that no tail delivers later
   * changes as if nothing were missing.
   *
   * @return the id of the marker; empty if the table was not watched before
   */
  public static OptionalLong markUnlogged(Connection connection, String table) throws SQLException {
    return StateTable.read(connection, state(table)).isPresent()
        ? OptionalLong.of(insert(connection, INSERT_MARKER, table))
        : OptionalLong.empty();
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
    StateTable.write(
        connection,
        state(table.name()),
        TableState.now(connection, table, parts, Optional.empty()).put("reset", 0));
  }

  /**
   * Writes a reset row if one is due. A table that was not watched before needs none, as no client
   * has rows of it.
   *
   * @param after the id of a marker, which the newest reset row must be above; 0 if there is none
   * @param oneAlter whether at most one statement has altered tables since the last call
   * @return the id of the reset row
   * @throws OrderwireException {@code table_altered} if one is due, but the table has no rows
   *     before its IMPORT TABLESPACE, after which MySQL shows no further difference
   */
  public OptionalLong ensure(Connection connection, Table table, long after, boolean oneAlter)
      throws SQLException {
    String state = state(table.name());
    Optional<JsonNode> seen = StateTable.read(connection, state);
    ObjectNode before = TableState.now(connection, table, parts, seen);
    Difference difference = difference(seen, before, after, oneAlter);
    if (difference == Difference.NONE) {
      return OptionalLong.empty();
    }
    if (difference == Difference.RESET && TableIds.isDiscarded(connection, table.name())) {
      throw discarded(table);
    }
    return Transaction.run(
        connection,
        () -> {
          Optional<JsonNode> known = StateTable.lock(connection, state);
          ObjectNode now = TableState.now(connection, table, parts, known);
          return switch (difference(known, now, after, oneAlter)) {
            case NONE -> OptionalLong.empty();
            case STORE -> {
              store(connection, table, known.orElseThrow(), now);
              yield OptionalLong.empty();
            }
            case RESET -> reset(connection, table, known.isPresent() || after > 0, now);
          };
        });
  }

  private static Difference difference(
      Optional<JsonNode> known, ObjectNode now, long after, boolean oneAlter) {
    return known.isPresent() && id(known.get()) >= after
        ? TableState.between(known.get(), now, oneAlter)
        : Difference.RESET;
  }

  private static void store(Connection connection, Table table, JsonNode known, ObjectNode now)
      throws SQLException {
    if (!now.has("number") && known.has("number")) {
      // This user does not see it, but another server's may.
      now.set("number", known.get("number"));
    }
    StateTable.write(connection, state(table.name()), now.put("reset", id(known)));
  }

  private static OptionalLong reset(Connection connection, Table table, boolean due, ObjectNode now)
      throws SQLException {
    // Without triggers the table would need another reset row later.
    if (now.path("triggers").isEmpty()) {
      return OptionalLong.empty();
    }
    long id = due ? insert(connection, INSERT, table.name(), ShapeJson.json(table).toString()) : 0;
    StateTable.write(connection, state(table.name()), now.put("reset", id));
    return due ? OptionalLong.of(id) : OptionalLong.empty();
  }

  private static OrderwireException discarded(Table table) {
    return new OrderwireException(
        ErrorCode.TABLE_ALTERED,
        "table %s has no rows, since its tablespace was discarded. Its clients are reset after ALTER TABLE %s IMPORT TABLESPACE."
            .formatted(table.name(), Sql.quote(table.name())));
  }

  private static long insert(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    }
  }
}

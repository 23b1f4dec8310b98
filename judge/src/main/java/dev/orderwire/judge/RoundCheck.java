package dev.orderwire.judge;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.client.Client;
import dev.orderwire.judge.client.ClientView;
import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.ViewSpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The check of one round, while nobody writes: each view must have received exactly the changes of
 * the change log that match it, and must show exactly the rows that the same query returns.
 */
final class RoundCheck {
  private final Database database;
  private final List<ViewCheck> views = new ArrayList<>();
  private long changes;
  private long rows;

  RoundCheck(Database database) {
    this.database = database;
  }

  /** How many deliveries and rows were compared. A check of none proves nothing. */
  long compared() {
    return deliveries() + rows;
  }

  private long deliveries() {
    return views.stream().mapToLong(ViewCheck::deliveries).sum();
  }

  /** Adds the findings and counts to those of the run. */
  void report(Tally tally) {
    tally.count(Tally.Group.WRITES, "changes in the change log", changes);
    tally.count(Tally.Group.CLIENTS, "deliveries checked", deliveries());
    tally.count(Tally.Group.CLIENTS, "rows checked", rows);
    long moved = views.stream().mapToLong(ViewCheck::moved).sum();
    if (moved > 0) {
      tally.count(Tally.Group.POLICIES, "changes that moved a row into or out of sight", moved);
    }
    views.forEach(ViewCheck::report);
  }

  /**
   * Checks all clients. They must have reached the end of the log and stay there: if the log has
   * grown by the end, this check is void and must not be reported.
   *
   * @param after the highest id of the log in the previous round
   */
  void run(List<Client> clients, long after) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      Map<String, List<String>> keys = keys(statement);
      checkChanges(statement, clients, keys, after);
      Memberships memberships = Memberships.read(statement, after);
      views.forEach(view -> view.sightings(memberships));
      Map<String, List<Column>> columns = columns(statement);
      for (Client client : clients) {
        for (ClientView view : views(client)) {
          if (view.hasRows()) {
            checkRows(statement, add(client, view, keys), columns);
          }
        }
      }
    }
  }

  private ViewCheck add(Client client, ClientView view, Map<String, List<String>> keys) {
    ViewCheck check =
        new ViewCheck(client, view, keys.getOrDefault(view.spec().table(), List.of()));
    views.add(check);
    return check;
  }

  private static List<ClientView> views(Client client) {
    List<ClientView> views = new ArrayList<>();
    client.inspect(views::addAll);
    return views;
  }

  private void checkChanges(
      Statement statement, List<Client> clients, Map<String, List<String>> keys, long after)
      throws SQLException {
    Map<String, List<ViewCheck>> ofTable = new HashMap<>();
    for (Client client : clients) {
      for (ClientView view : views(client)) {
        ofTable
            .computeIfAbsent(view.spec().table(), _ -> new ArrayList<>())
            .add(add(client, view, keys));
      }
    }
    statement.setFetchSize(Integer.MIN_VALUE);
    try (ResultSet log =
        statement.executeQuery(
            "SELECT id, table_name, row_key, row_before, row_after,"
                + " TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at) FROM orderwire_change_log"
                + " WHERE table_name <> 'orderwire_canary' AND id > "
                + after
                + " ORDER BY id")) {
      while (log.next()) {
        changes++;
        List<ViewCheck> checks = ofTable.getOrDefault(log.getString(2), List.of());
        long id = log.getLong(1);
        Instant at = Instant.EPOCH.plus(log.getLong(6), ChronoUnit.MICROS);
        JsonNode key = json(log.getString(3));
        JsonNode rowBefore = json(log.getString(4));
        JsonNode rowAfter = json(log.getString(5));
        if (key != null) {
          checks.forEach(check -> check.change(id, at, key, rowBefore, rowAfter));
        }
      }
    }
    statement.setFetchSize(0);
    ofTable.values().forEach(checks -> checks.forEach(check -> check.endOfChanges(after)));
  }

  private static @Nullable JsonNode json(@Nullable String text) {
    return text == null ? null : Json.parse(text);
  }

  private static Map<String, List<Column>> columns(Statement statement) throws SQLException {
    Map<String, List<Column>> columns = new HashMap<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT table_name, column_name, column_type FROM information_schema.columns"
                + " WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position")) {
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getString(1), _ -> new ArrayList<>())
            .add(new Column(rows.getString(2), rows.getString(3)));
      }
    }
    return columns;
  }

  /** The columns of each table's primary key, in the key's order. */
  private static Map<String, List<String>> keys(Statement statement) throws SQLException {
    Map<String, List<String>> keys = new HashMap<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT table_name, column_name FROM information_schema.key_column_usage"
                + " WHERE table_schema = DATABASE() AND constraint_name = 'PRIMARY'"
                + " ORDER BY table_name, ordinal_position")) {
      while (rows.next()) {
        keys.computeIfAbsent(rows.getString(1), _ -> new ArrayList<>()).add(rows.getString(2));
      }
    }
    return keys;
  }

  private void checkRows(
      Statement statement, ViewCheck check, Map<String, List<Column>> columnsOfTables)
      throws SQLException {
    ViewSpec spec = check.view().spec();
    Sight sight = check.view().sight();
    // What a key is covered with depends on columns that the view may not have.
    List<Column> columns =
        columnsOfTables.getOrDefault(spec.table(), List.of()).stream()
            .filter(column ->
                !sight.isEverything()
                    || spec.columns() == null
                    || spec.columns().contains(column.name()))
            .toList();
    Map<String, String> expected = new HashMap<>();
    try (ResultSet selected = statement.executeQuery(select(spec, sight, columns))) {
      while (selected.next()) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
          cells.put(columns.get(i).name(), columns.get(i).ofSql(selected.getBytes(i + 1)));
        }
        check.expect(cells, expected);
      }
    }
    rows += expected.size();
    // The client's own thread may replace the rows meanwhile.
    check.client().inspect(_ -> check.rows(expected));
  }

  private static String select(ViewSpec spec, Sight sight, List<Column> columns) {
    return columns.stream()
        .map(Column::selectExpression)
        .collect(
            joining(
                ", ",
                "SELECT ",
                " FROM %s WHERE (%s) AND (%s)"
                    .formatted(spec.table(), spec.sqlCondition(), sight.sqlCondition())));
  }
}

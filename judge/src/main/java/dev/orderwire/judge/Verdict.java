package dev.orderwire.judge;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The judgement of one round, while nobody writes: whether each view got exactly the changes of the
 * change log that it wanted, and shows exactly the rows that SQL gives for it.
 */
final class Verdict {
  private static final int TOLD_OF_A_VIEW = 3;

  private final Database database;
  private final List<Runnable> accusations = new ArrayList<>();
  private long changes;
  private long deliveries;
  private long rows;

  Verdict(Database database) {
    this.database = database;
  }

  /** How many deliveries and rows were looked at: a verdict on none says nothing. */
  long compared() {
    return deliveries + rows;
  }

  /** Makes it known. */
  void tell(Tally tally) {
    tally.count(Tally.Group.WRITES, "changes in the change log", changes);
    tally.count(Tally.Group.CLIENTS, "deliveries judged", deliveries);
    tally.count(Tally.Group.CLIENTS, "rows judged", rows);
    accusations.forEach(Runnable::run);
  }

  /** One view of one client, and what came to it that nobody wanted yet. */
  private final class Judged {
    private final Client client;
    private final Followed view;
    private final Set<Long> unexplained = new HashSet<>();
    private int told;

    Judged(Client client, Followed view) {
      this.client = client;
      this.view = view;
      view.deliveries().ids().forEach(unexplained::add);
    }

    void accuse(Findings.Kind kind, String what) {
      if (++told <= TOLD_OF_A_VIEW) {
        accusations.add(() -> client.accuse(kind, what + "; the view is " + view.wish()));
      }
    }

    void change(
        long id, Instant at, JsonNode key, @Nullable JsonNode before, @Nullable JsonNode after) {
      Mark base = view.deliveries().base();
      if (base == null || base.covers(id)) {
        return;
      }
      String expected = expected(key, before, after);
      if (expected == null) {
        return;
      }
      unexplained.remove(id);
      if (view.deliveries().mayHaveBeenThere(at)) {
        return;
      }
      if (!view.deliveries().has(id)) {
        accuse(
            Findings.Kind.LOST,
            "change %d did not come: %s; began after %s".formatted(id, expected, base));
      } else if (!view.deliveries().hasWithContent(id, expected)) {
        accuse(Findings.Kind.WRONG, "change %d came otherwise than: %s".formatted(id, expected));
      }
      deliveries++;
    }

    /** What the view is told of a change; null for nothing. */
    private @Nullable String expected(
        JsonNode key, @Nullable JsonNode before, @Nullable JsonNode after) {
      Shape shape = view.shape();
      JsonNode was = before != null && view.wish().wants(before) ? before : null;
      JsonNode is = after != null && view.wish().wants(after) ? after : null;
      if (was == null) {
        return is == null ? null : Shape.change("insert", shape.key(key), shape.row(is), null);
      }
      if (is == null) {
        return Shape.change("delete", shape.key(key), null, shape.row(was));
      }
      String changed = shape.changed(was, is);
      return changed.isEmpty()
          ? null
          : Shape.change("update", shape.key(key), shape.row(is), changed);
    }

    /** Of rounds that were judged before, changes may come again where a position allows it. */
    void end(long after) {
      unexplained.stream()
          .filter(id -> id > after)
          .forEach(id ->
              accuse(Findings.Kind.WRONG, "change %d came, and was not wanted".formatted(id)));
    }
  }

  /**
   * Judges all clients, which must have reached the end of the log, and must stay there: where more
   * has been written to it by the end, this verdict is void, and is not to be told.
   *
   * @param after the highest id of the log when the round before was judged
   */
  void pronounce(List<Client> clients, long after) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      compareChanges(statement, clients, after);
      Map<String, List<Column>> columns = columns(statement);
      for (Client client : clients) {
        for (Followed view : views(client)) {
          if (view.hasRows()) {
            compareRows(statement, new Judged(client, view), columns);
          }
        }
      }
    }
  }

  private static List<Followed> views(Client client) {
    List<Followed> views = new ArrayList<>();
    client.inspect(views::addAll);
    return views;
  }

  private void compareChanges(Statement statement, List<Client> clients, long after)
      throws SQLException {
    Map<String, List<Judged>> ofTable = new HashMap<>();
    for (Client client : clients) {
      for (Followed view : views(client)) {
        ofTable
            .computeIfAbsent(view.wish().table(), _ -> new ArrayList<>())
            .add(new Judged(client, view));
      }
    }
    statement.setFetchSize(Integer.MIN_VALUE);
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT id, table_name, row_key, row_before, row_after,"
                + " TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at) FROM orderwire_change_log"
                + " WHERE table_name <> 'orderwire_canary' AND id > "
                + after
                + " ORDER BY id")) {
      while (rows.next()) {
        changes++;
        List<Judged> views = ofTable.getOrDefault(rows.getString(2), List.of());
        long id = rows.getLong(1);
        Instant at = Instant.EPOCH.plus(rows.getLong(6), ChronoUnit.MICROS);
        JsonNode key = json(rows.getString(3));
        JsonNode before = json(rows.getString(4));
        JsonNode now = json(rows.getString(5));
        if (key != null) {
          views.forEach(view -> view.change(id, at, key, before, now));
        }
      }
    }
    statement.setFetchSize(0);
    ofTable.values().forEach(views -> views.forEach(view -> view.end(after)));
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

  private void compareRows(
      Statement statement, Judged judged, Map<String, List<Column>> columnsOfTables)
      throws SQLException {
    Followed view = judged.view;
    Wish wish = view.wish();
    List<Column> columns =
        columnsOfTables.getOrDefault(wish.table(), List.of()).stream()
            .filter(column -> wish.columns() == null || wish.columns().contains(column.name()))
            .toList();
    Map<String, String> expected = new HashMap<>();
    try (ResultSet selected = statement.executeQuery(select(wish, columns))) {
      while (selected.next()) {
        StringBuilder key = new StringBuilder();
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
          String cell =
              columns.get(i).name() + "=" + columns.get(i).ofSql(selected.getBytes(i + 1));
          row.append(i == 0 ? "" : "|").append(cell);
          if (view.shape().key().contains(columns.get(i).name())) {
            key.append(key.isEmpty() ? "" : "|").append(cell);
          }
        }
        expected.put(key.toString(), row.toString());
      }
    }
    rows += expected.size();
    // The client's thread may be given the rows anew meanwhile.
    judged.client.inspect(_ -> compare(expected, judged));
  }

  private static void compare(Map<String, String> expected, Judged judged) {
    Followed view = judged.view;
    expected.forEach((key, row) -> {
      String shown = view.rows().text(key);
      if (!row.equals(shown)) {
        judged.accuse(
            Findings.Kind.WRONG,
            "row %s should be %s and is shown as %s".formatted(key, row, shown));
      }
    });
    for (String key : view.rows().keys()) {
      if (!expected.containsKey(key)) {
        judged.accuse(
            Findings.Kind.WRONG,
            "row %s is shown as %s and should not be there".formatted(key, view.rows().text(key)));
      }
    }
  }

  private static String select(Wish wish, List<Column> columns) {
    StringBuilder sql = new StringBuilder("SELECT ");
    for (Column column : columns) {
      sql.append(column.sql()).append(column.equals(columns.getLast()) ? "" : ", ");
    }
    return sql.append(" FROM ")
        .append(wish.table())
        .append(" WHERE ")
        .append(wish.sqlCondition())
        .toString();
  }
}

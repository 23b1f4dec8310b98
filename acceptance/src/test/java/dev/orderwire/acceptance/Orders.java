package dev.orderwire.acceptance;

import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The demo's table {@code orders}, through plain SQL. */
final class Orders implements AutoCloseable {
  private final Demo demo;
  private final Connection connection;

  Orders(Demo demo) throws SQLException {
    this.demo = demo;
    connection = demo.connect();
  }

  /**
   * Empties the table, so that the next order is number 1, and waits until the server has told so.
   * Whoever comes then gets rows that are read anew: a snapshot is there for a second to all who
   * ask for the same view, so this asks for one that nobody else does.
   */
  void startOver() throws SQLException {
    try (WsClient client = WsClient.connect(URI.create(demo.websocket() + "?columns=id"))) {
      client.await("subscribed");
      execute("TRUNCATE TABLE orders");
      client.await("reset");
    }
  }

  void execute(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  /** The names of the columns that the table has now. */
  List<String> columns() throws SQLException {
    return List.copyOf(read().keySet());
  }

  /** Each column's name, and how to read what the server sends of it. */
  private Map<String, String> read() throws SQLException {
    Map<String, String> read = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM orders LIMIT 0")) {
      ResultSetMetaData columns = none.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String name = columns.getColumnName(i);
        boolean isTime = columns.getColumnType(i) == Types.TIMESTAMP;
        read.put(name, isTime ? "DATE_FORMAT(" + name + ", '%Y-%m-%dT%H:%i:%s.%fZ')" : name);
      }
    }
    return read;
  }

  /** All rows, cell by cell in the order of the columns, by their id. */
  Map<String, List<String>> table() throws SQLException {
    Map<String, List<String>> table = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT %s FROM orders".formatted(String.join(", ", read().values())))) {
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String cell = rows.getString(i);
          cells.add(cell == null ? "NULL" : cell);
        }
        table.put(cells.getFirst(), cells);
      }
    }
    return table;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

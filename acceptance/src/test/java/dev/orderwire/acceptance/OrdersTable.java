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

/** The demo's table {@code orders}, read and written by SQL. */
final class OrdersTable implements AutoCloseable {
  private final Demo demo;
  private final Connection connection;

  OrdersTable(Demo demo) throws SQLException {
    this.demo = demo;
    connection = demo.connect();
  }

  /**
   * Empties the table, so that the next order has the id 1, and waits until the server has reset
   * its views. A client that connects then gets a new snapshot: a snapshot is shared for a second
   * between clients of equal views, so this subscribes to a view that no test uses.
   */
  void clear() throws SQLException {
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
    return List.copyOf(expressions().keySet());
  }

  /** The names of the columns, with expressions for their values as the server formats them. */
  private Map<String, String> expressions() throws SQLException {
    Map<String, String> expressions = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM orders LIMIT 0")) {
      ResultSetMetaData columns = none.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String name = columns.getColumnName(i);
        boolean isTime = columns.getColumnType(i) == Types.TIMESTAMP;
        expressions.put(name, isTime ? "DATE_FORMAT(" + name + ", '%Y-%m-%dT%H:%i:%s.%fZ')" : name);
      }
    }
    return expressions;
  }

  /** All rows by their id, each with its cells in the order of the columns. */
  Map<String, List<String>> table() throws SQLException {
    Map<String, List<String>> table = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT %s FROM orders".formatted(String.join(", ", expressions().values())))) {
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

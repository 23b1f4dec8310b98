package dev.orderwire.acceptance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demo's table {@code orders}, through plain SQL. */
final class Orders implements AutoCloseable {
  /** What the server sends for a TIMESTAMP(6). */
  private static final String TIME = "DATE_FORMAT(%s, '%%Y-%%m-%%dT%%H:%%i:%%s.%%fZ')";

  private final Connection connection;

  Orders(Demo demo) throws SQLException {
    connection = demo.connect();
  }

  /** Empties the table, so that the next order is number 1. The change log does not hear of it. */
  void startOver() throws SQLException {
    execute("TRUNCATE TABLE orders");
  }

  void execute(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  /** All rows, cell by cell in the order of the columns, by their id. */
  Map<String, List<String>> table() throws SQLException {
    Map<String, List<String>> table = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, customer_name, product_name, quantity, amount, status, %s, %s FROM orders"
                    .formatted(TIME.formatted("created_at"), TIME.formatted("updated_at")))) {
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          cells.add(rows.getString(i));
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

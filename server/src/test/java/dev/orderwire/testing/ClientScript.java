package dev.orderwire.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a script as the mysql client does: the client itself handles DELIMITER, and MySQL the rest.
 */
public final class ClientScript {
  private ClientScript() {}

  public static void run(TestDatabase database, String script) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (String sql : statements(script)) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(script, e);
    }
  }

  private static List<String> statements(String script) {
    List<String> statements = new ArrayList<>();
    String delimiter = ";";
    StringBuilder open = new StringBuilder();
    for (String line : script.split("\n", -1)) {
      if (open.isEmpty() && line.startsWith("DELIMITER ")) {
        delimiter = line.substring("DELIMITER ".length());
      } else if (line.endsWith(delimiter)) {
        statements.add(open + line.substring(0, line.length() - delimiter.length()));
        open.setLength(0);
      } else if (!open.isEmpty() || !line.isEmpty()) {
        open.append(line).append('\n');
      }
    }
    return statements;
  }
}

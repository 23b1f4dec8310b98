package dev.orderwire.testing;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.mysql.MysqlOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A database for one test; closing it drops it. Safe for any number of threads. */
public final class TestDatabase implements AutoCloseable {
  private final TestServer server;
  private final String name;

  private TestDatabase(TestServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Creates the database on a server that belongs to the test. */
  public static TestDatabase create(EmbeddedMysql server, String name) {
    return create(TestServer.of(server), name);
  }

  public static TestDatabase create(TestServer server, String name) {
    TestDatabase database = new TestDatabase(server, name);
    server.run("", "CREATE DATABASE `" + name + "` DEFAULT CHARACTER SET utf8mb4");
    return database;
  }

  public String name() {
    return name;
  }

  public MysqlOptions options() {
    return new MysqlOptions(
        "127.0.0.1", server.port(), server.user(), server.password(), name, 8, Map.of());
  }

  /** A new session in MySQL's default settings; the caller closes it. */
  public Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Runs the statements in a new session, one after the other, each committed. */
  public void execute(String... statements) {
    server.run(name, statements);
  }

  /** Waits until a statement on this database that begins like this waits for a table. */
  public void awaitBlocked(String statement) {
    String waiting =
        "SELECT 1 FROM information_schema.processlist"
            + " WHERE state = 'Waiting for table metadata lock'"
            + (" AND info LIKE '" + statement + "%' AND db = DATABASE()");
    Await.until(statement + " that waits", () -> !query(waiting).isEmpty());
  }

  /** The rows of a query, each cell as its text, NULL as null. */
  public List<List<@Nullable String>> query(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<List<@Nullable String>> rows = new ArrayList<>();
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(results.getString(column));
        }
        rows.add(row);
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void close() {
    server.run("", "DROP DATABASE IF EXISTS `" + name + "`");
  }
}

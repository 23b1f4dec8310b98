package dev.orderwire.testing;

import dev.orderwire.demo.EmbeddedMysql;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A MySQL that tests use.
 *
 * @param user a user with all privileges
 */
public record TestServer(int port, String user, String password) {
  private static final String HOST = "127.0.0.1";

  static TestServer of(EmbeddedMysql mysql) {
    return new TestServer(mysql.port(), mysql.user(), mysql.password());
  }

  /**
   * @param address such as {@code mysql://root:secret@127.0.0.1:3306}, without escapes
   */
  static TestServer at(String address) {
    URI uri = URI.create(address);
    String[] account = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    if (!HOST.equals(uri.getHost()) || uri.getPort() < 0 || account.length != 2) {
      throw new IllegalArgumentException(
          "%s is not mysql://USER:PASSWORD@%s:PORT".formatted(address, HOST));
    }
    return new TestServer(uri.getPort(), account[0], account[1]);
  }

  public String jdbcUrl(String database) {
    return "jdbc:mysql://%s:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true"
        .formatted(HOST, port, database);
  }

  /** A new session in MySQL's default settings; the caller closes it. */
  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), user, password);
  }

  /** Runs the statements in a new session, one after the other, each committed. */
  void run(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join(";\n", statements), e);
    }
  }
}

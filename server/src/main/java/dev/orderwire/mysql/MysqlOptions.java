package dev.orderwire.mysql;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where the MySQL is and who we are there.
 *
 * @param database the database whose tables are watched; the change log stands in it
 * @param poolSize how many connections wait for snapshots, replay and the rest; the tail has one of
 *     its own
 * @param properties further connection properties of MySQL Connector/J, such as {@code sslMode}
 */
public record MysqlOptions(
    String host,
    int port,
    String user,
    String password,
    String database,
    int poolSize,
    Map<String, String> properties) {
  public MysqlOptions {
    properties = Map.copyOf(properties);
  }

  /** For MySQL Connector/J, without user and password. */
  public String jdbcUrl() {
    String name = URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:mysql://%s:%d/%s".formatted(host, port, name);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database;
  }
}

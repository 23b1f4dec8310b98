package dev.orderwire.mysql;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The address of MySQL, and how to log in.
 *
 * @param database the database of the watched tables and the change log
 * @param poolSize the most connections for snapshots, replay and other queries; the tail's
 *     connection is not among them
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

  /** The URL for MySQL Connector/J, without user and password. */
  String jdbcUrl() {
    String name = URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:mysql://%s:%d/%s".formatted(host, port, name);
  }

  /** The address for messages, without the password. */
  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database;
  }
}

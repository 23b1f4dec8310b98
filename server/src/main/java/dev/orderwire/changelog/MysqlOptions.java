package dev.orderwire.changelog;

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

  /** Without the password. */
  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database;
  }
}

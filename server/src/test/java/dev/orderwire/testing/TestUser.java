package dev.orderwire.testing;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A MySQL user with few privileges; closing it drops it. */
public final class TestUser implements AutoCloseable {
  private static final String PASSWORD = "secret";

  private final TestDatabase database;
  private final String name;

  private TestUser(TestDatabase database, String name) {
    this.database = database;
    this.name = name;
  }

  /**
   * Creates a user with these privileges.
   *
   * @param grants each with {@code %s} in place of the user
   */
  public static TestUser create(TestDatabase database, String... grants) {
    return create(database, List.of(grants));
  }

  /** As {@link #create(TestDatabase, String...)}. */
  public static TestUser create(TestDatabase database, List<String> grants) {
    TestUser user = new TestUser(database, "user_of_" + database.name());
    database.execute(
        "DROP USER IF EXISTS " + user.account(),
        "CREATE USER " + user.account() + " IDENTIFIED BY '" + PASSWORD + "'");
    for (String grant : grants) {
      user.grant(grant);
    }
    return user;
  }

  public void grant(String grant) {
    database.execute(grant.formatted(account()));
  }

  public String name() {
    return name;
  }

  public String account() {
    return "'" + name + "'@'127.0.0.1'";
  }

  public MysqlOptions options() {
    MysqlOptions all = database.options();
    return new MysqlOptions(all.host(), all.port(), name, PASSWORD, all.database(), 2, Map.of());
  }

  public void execute(String... statements) {
    try (Mysql mysql = new Mysql(options());
        Connection connection = mysql.open();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join(";\n", statements), e);
    }
  }

  @Override
  public void close() {
    database.execute("DROP USER IF EXISTS " + account());
  }
}

package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaProbeTest {
  private final TestDatabase database = TestMysql.database();
  private final Mysql mysql = new Mysql(database.options());
  private Connection connection;
  private SchemaProbe probe;

  @BeforeEach
  void begin() throws SQLException {
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, status VARCHAR(20), `a b` INT)",
        "CREATE TABLE `odd``name` (id INT PRIMARY KEY)",
        "CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2",
        "CREATE TABLE other (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
    connection = mysql.connect();
    probe = new SchemaProbe(connection, List.of("orders", "odd`name", "parts"));
  }

  @AfterEach
  void end() throws SQLException {
    probe.close();
    connection.close();
    mysql.close();
    database.close();
  }

  private static SchemaProbe.Result complete(SchemaProbe probe) throws SQLException {
    SchemaProbe.Result seen = probe.run().orElseThrow();
    assertThat(seen.isComplete()).as(seen.schema()).isTrue();
    return seen;
  }

  private String fingerprint() throws SQLException {
    return complete(probe).schema();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE orders ADD COLUMN more INT",
        "ALTER TABLE orders ADD COLUMN more INT, ALGORITHM=INSTANT",
        "ALTER TABLE orders ADD COLUMN more INT, ALGORITHM=COPY",
        "ALTER TABLE orders RENAME COLUMN status TO state",
        "ALTER TABLE orders MODIFY status VARCHAR(30)",
        "ALTER TABLE orders ALTER status SET DEFAULT 'x'",
        "ALTER TABLE orders CONVERT TO CHARACTER SET latin1",
        "ALTER TABLE orders ADD UNIQUE (status)",
        "CREATE INDEX i ON orders (status)",
        "ALTER TABLE orders ADD FOREIGN KEY (`a b`) REFERENCES other (id) ON DELETE SET NULL",
        "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.status = 'x'",
        "DROP TRIGGER orderwire_orders_update",
        "TRUNCATE TABLE orders",
        "TRUNCATE TABLE orderwire_change_log",
        "ALTER TABLE orderwire_change_log COMMENT 'x'",
        "ALTER TABLE `odd``name` COMMENT 'x'",
        "ALTER TABLE parts TRUNCATE PARTITION p0",
        "ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE other",
        "RENAME TABLE orders TO away, other TO orders",
        "UPDATE orderwire_state SET value = '1' WHERE name = 'epoch'"
      })
  void everySchemaChangeIsSeen(String sql) throws SQLException {
    String before = fingerprint();
    assertThat(fingerprint()).isEqualTo(before);
    database.execute("SET SESSION sql_log_bin = 0", sql);
    String after = fingerprint();
    assertThat(after).isNotEqualTo(before);
    assertThat(fingerprint()).isEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO orders (status) VALUES ('new')",
        "DELETE FROM orders",
        "ALTER TABLE other COMMENT 'x'",
        "TRUNCATE TABLE other",
        "CREATE TABLE another (id INT PRIMARY KEY)"
      })
  void changesOfRowsOrOfOtherTablesAreNotSeen(String sql) throws SQLException {
    String before = fingerprint();
    database.execute(sql);
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void theNewestIdIsRead() throws SQLException {
    assertThat(complete(probe).newestId()).hasValue(newestId());
    database.execute("INSERT INTO orders (status) VALUES ('new')");
    assertThat(complete(probe).newestId()).hasValue(newestId());
  }

  private long newestId() throws SQLException {
    return LoggedIds.newestId(connection);
  }

  @Test
  void aTableThatDisappearsAndReturnsIsSeenEachTime() throws SQLException {
    String before = fingerprint();
    database.execute("RENAME TABLE orders TO away");
    SchemaProbe.Result without = probe.run().orElseThrow();
    assertThat(without.isComplete()).isFalse();
    assertThat(without.schema()).contains("orders").isNotEqualTo(before);
    assertThat(probe.run()).contains(without);
    database.execute("RENAME TABLE away TO orders");
    String after = fingerprint();
    assertThat(fingerprint()).isEqualTo(after);
  }

  @Test
  void aLockedTableDoesNotBlockAndChangesMadeMeanwhileAreSeen() throws SQLException {
    String before = fingerprint();
    try (Connection holder = database.connect()) {
      FollowedOrders.run(holder, "LOCK TABLES orders WRITE");
      // Below the session's lock wait of 10 seconds, so that a wait would break the connection.
      connection.setNetworkTimeout(Runnable::run, 5_000);
      assertThat(probe.run()).isEmpty();
      FollowedOrders.run(holder, "UNLOCK TABLES");
      assertThat(fingerprint()).isEqualTo(before);
      FollowedOrders.run(holder, "LOCK TABLES orders WRITE");
      assertThat(probe.run()).isEmpty();
      FollowedOrders.run(holder, "ALTER TABLE orders COMMENT 'x'");
      FollowedOrders.run(holder, "UNLOCK TABLES");
    }
    assertThat(fingerprint()).isNotEqualTo(before);
  }

  @Test
  void itNeedsOnlySelectOnTheTables() throws SQLException {
    try (TestUser user =
            TestUser.create(
                database,
                "GRANT SELECT ON orders TO %s",
                "GRANT SELECT ON orderwire_change_log TO %s",
                "GRANT SELECT ON orderwire_state TO %s");
        Mysql few = new Mysql(user.options());
        Connection session = few.connect();
        SchemaProbe own = new SchemaProbe(session, List.of("orders"))) {
      SchemaProbe.Result before = complete(own);
      database.execute("ALTER TABLE orders COMMENT 'x'");
      assertThat(complete(own).schema()).isNotEqualTo(before.schema());
    }
  }

  @Test
  void aLostConnectionIsAnError() throws SQLException {
    try (Connection own = mysql.open();
        SchemaProbe lost = new SchemaProbe(own, List.of("orders"))) {
      lost.run();
      own.abort(Runnable::run);
      assertThatThrownBy(lost::run).isInstanceOf(SQLException.class);
    }
  }
}

package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.Op;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One trigger replaces another, and each change is logged once, whichever triggers exist. */
class TriggerGuardTest {
  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void install() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  private InstalledTrigger first(Connection connection) throws SQLException {
    return InstalledTrigger.of(connection, "t").stream()
        .filter(trigger -> trigger.op() == Op.INSERT)
        .findFirst()
        .orElseThrow();
  }

  private Trigger before(InstalledTrigger other, String name, Connection connection)
      throws SQLException {
    String body = TriggerPlan.of(connection, "t").wanted().get(Op.INSERT);
    return new Trigger(name, "t", Op.INSERT, String.valueOf(body), TriggerGuard.fresh(other.id()));
  }

  @Test
  void exactlyOneOfSeveralTriggersLogsEachChange() throws SQLException {
    try (Connection connection = InstallSession.connect(mysql);
        Connection session = database.connect()) {
      NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(5));
      InstalledTrigger oldest = first(connection);
      int id = 0;
      FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + id++ + ")");
      for (String name : List.of("second", "third")) {
        InstalledTrigger other = first(connection);
        ddl.run(before(other, name, connection).createBeforeSql(other.name()));
        FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + id++ + ")");
        FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + id++ + "), (" + id++ + ")");
      }
      ddl.run(Trigger.dropSql(oldest.name()));
      FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + id++ + ")");
      ddl.run(Trigger.dropSql("second"));
      FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + id++ + ")");
      assertThat(Logged.all(database)).hasSize(id).extracting(Logged::key).doesNotHaveDuplicates();
    }
  }

  @Test
  void triggersLeftByACrashAreRemoved() throws SQLException {
    try (Connection connection = InstallSession.connect(mysql)) {
      NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(5));
      for (int crashed = 0; crashed < 3; crashed++) {
        InstalledTrigger other = first(connection);
        String name = TriggerNames.temporary(other);
        ddl.run(before(other, name, connection).createBeforeSql(other.name()));
      }
      ddl.run(Trigger.dropSql("orderwire_t_insert"));
    }
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    assertThat(database.query("SHOW TRIGGERS"))
        .extracting(List::getFirst)
        .containsExactlyInAnyOrder(
            "orderwire_t_insert", "orderwire_t_update", "orderwire_t_delete");
    database.execute("INSERT INTO t (id) VALUES (1)");
    // Besides the reset row of the install.
    assertThat(Logged.all(database))
        .filteredOn(row -> row.key() != null)
        .extracting(Logged::op)
        .containsExactly("insert");
  }

  @Test
  void aSessionThatRanAnOlderTriggerIsLoggedOnce() throws SQLException {
    try (Connection session = database.connect()) {
      for (int round = 0; round < 3; round++) {
        FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + 2 * round + ")");
        // To another shape, and back.
        database.execute("ALTER TABLE t ADD COLUMN m INT");
        new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
        FollowedOrders.run(session, "INSERT INTO t (id) VALUES (" + (2 * round + 1) + ")");
        database.execute("ALTER TABLE t DROP COLUMN m");
        new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
      }
      FollowedOrders.run(session, "INSERT INTO t (id) VALUES (100)");
    }
    assertThat(database.query("SELECT id FROM orderwire_change_log WHERE row_key IS NOT NULL"))
        .hasSize(7);
  }
}

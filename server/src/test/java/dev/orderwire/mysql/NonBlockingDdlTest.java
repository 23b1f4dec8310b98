package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NonBlockingDdlTest {
  private static final String DDL = "ALTER TABLE t ADD COLUMN more INT";

  private TestDatabase database;
  private Connection user;
  private Connection connection;

  @BeforeEach
  void holdTheTable() throws SQLException {
    database = TestMysql.database();
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    user = database.connect();
    connection = database.connect();
    user.setAutoCommit(false);
    user.createStatement().execute("INSERT INTO t VALUES (1)");
  }

  @AfterEach
  void close() throws SQLException {
    user.close();
    connection.close();
    database.close();
  }

  private List<String> columns() {
    return database
        .query(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 't'"
                + " AND table_schema = DATABASE() ORDER BY ordinal_position")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .toList();
  }

  @Test
  void aTableInUseIsTriedAgainUntilItIsFree() throws SQLException {
    NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(30));
    AtomicInteger attempts = new AtomicInteger();
    boolean run =
        ddl.runWhile(
            () -> {
              if (attempts.incrementAndGet() == 3) {
                user.commit();
              }
              return true;
            },
            DDL);
    assertThat(run).isTrue();
    assertThat(columns()).containsExactly("id", "more");
  }

  @Test
  void aTableThatStaysInUseFailsInTheEnd() {
    NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(1));
    assertThatThrownBy(() -> ddl.run(DDL))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(NonBlockingDdl.isInUse(e)).isTrue());
    assertThat(columns()).containsExactly("id");
  }

  /** As when another server has repaired the table between two attempts. */
  @Test
  void aStatementThatNoLongerFitsIsGivenUp() throws SQLException {
    NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(30));
    AtomicInteger attempts = new AtomicInteger();
    boolean run =
        ddl.runWhile(
            () -> {
              boolean first = attempts.getAndIncrement() == 0;
              if (!first) {
                user.commit();
              }
              return first;
            },
            DDL);
    assertThat(run).isFalse();
    assertThat(columns()).containsExactly("id");
  }
}

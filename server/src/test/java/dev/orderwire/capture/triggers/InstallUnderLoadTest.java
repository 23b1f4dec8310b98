package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallReport;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallUnderLoadTest {
  private static final int WRITERS = 4;
  private static final int WRITES_BETWEEN = 200;

  private final AtomicBoolean installed = new AtomicBoolean();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicInteger writes = new AtomicInteger();
  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  @Test
  void noWriteFailsAndEveryWriteAfterInstallIsLogged() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    List<String> tables = List.of("t");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> running =
          IntStream.range(0, WRITERS)
              .mapToObj(writer -> threads.submit(() -> write(writer)))
              .toList();
      try {
        awaitWrites(writes.get() + WRITES_BETWEEN, running);
        new TriggerCapture().install(mysql, tables, InstallOptions.DEFAULT);
        installed.set(true);
        for (int round = 0; round < 5; round++) {
          awaitWrites(writes.get() + WRITES_BETWEEN, running);
          // Makes all three triggers stale.
          database.execute("ALTER TABLE t ADD COLUMN c" + round + " INT");
          awaitWrites(writes.get() + WRITES_BETWEEN, running);
          assertThat(new TriggerCapture().install(mysql, tables, InstallOptions.DEFAULT).made())
              .hasSize(3);
        }
        awaitWrites(writes.get() + WRITES_BETWEEN, running);
      } finally {
        enough.set(true);
      }
      List<String> expected = new ArrayList<>();
      for (Future<List<String>> writer : running) {
        expected.addAll(writer.get());
      }
      assertThat(expected).hasSizeGreaterThan(10 * WRITES_BETWEEN);
      assertThat(logged()).containsAll(expected).doesNotHaveDuplicates();
    }
  }

  /** As by servers that do not wait for each other's lock, because a table stays in use. */
  @Test
  void repairsAtTheSameTimeLogEachChangeOnce() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    install("t");
    installed.set(true);
    List<String> expected = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> running =
          IntStream.range(0, WRITERS)
              .mapToObj(writer -> threads.submit(() -> write(writer)))
              .toList();
      try {
        for (int round = 0; round < 8; round++) {
          database.execute("ALTER TABLE t ADD COLUMN c" + round + " INT");
          List<Future<Void>> repairing =
              IntStream.range(0, 3).mapToObj(_ -> threads.submit(this::repair)).toList();
          for (Future<Void> each : repairing) {
            each.get();
          }
          awaitWrites(writes.get() + WRITES_BETWEEN, running);
        }
      } finally {
        enough.set(true);
      }
      for (Future<List<String>> writer : running) {
        expected.addAll(writer.get());
      }
    }
    assertThat(install("t").made()).isEmpty();
    assertThat(logged()).containsAll(expected).doesNotHaveDuplicates();
  }

  /** Without the lock. A deadlock starts it over, as it does an installation. */
  private Void repair() throws SQLException {
    try (Connection connection = InstallSession.connect(mysql)) {
      NonBlockingDdl ddl = new NonBlockingDdl(connection, Duration.ofSeconds(20));
      boolean done = false;
      while (!done) {
        try {
          TriggerRepair.run(connection, ddl, TriggerPlan.of(connection, "t"), false);
          done = true;
        } catch (SQLTransactionRollbackException e) {
          // Another one changes the same definitions.
        }
      }
    }
    return null;
  }

  /** As by servers that start together on an empty database. */
  @Test
  void concurrentInstallsAllSucceed() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InstallReport>> installing =
          IntStream.range(0, 6).mapToObj(_ -> threads.submit(() -> install("t"))).toList();
      for (Future<InstallReport> each : installing) {
        each.get();
      }
    }
    assertThat(install("t").made()).isEmpty();
    database.execute("INSERT INTO t (id, n) VALUES (1, 1)");
    assertThat(logged()).containsExactly("insert 1");
  }

  @Test
  void installSucceedsOnATableThatIsAlteredRepeatedly() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> altering =
          threads.submit(() -> {
            for (int i = 0; !enough.get(); i++) {
              alter("ALTER TABLE t ADD COLUMN c INT");
              writes.incrementAndGet();
              alter("ALTER TABLE t DROP COLUMN c");
              Thread.sleep(20 + i % 30);
            }
            return null;
          });
      try {
        for (int i = 0; i < 20; i++) {
          int until = writes.get() + 1;
          install("t");
          awaitWrites(until, List.of(altering));
        }
      } finally {
        enough.set(true);
      }
      altering.get();
    }
    install("t");
    database.execute("INSERT INTO t (id, n) VALUES (1, 1)");
    assertThat(logged()).containsExactly("insert 1");
  }

  /** Repeats a statement that MySQL rolled back, as an administrator would. */
  private void alter(String sql) {
    boolean altered = false;
    while (!altered) {
      try {
        database.execute(sql);
        altered = true;
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof SQLTransactionRollbackException)) {
          throw e;
        }
      }
    }
  }

  private InstallReport install(String table) {
    return new TriggerCapture().install(mysql, List.of(table), InstallOptions.DEFAULT);
  }

  /** Fails if a writer has failed. */
  private void awaitWrites(int until, List<? extends Future<?>> writers) throws Exception {
    while (writes.get() < until) {
      for (Future<?> writer : writers) {
        if (writer.isDone()) {
          writer.get();
        }
      }
      Thread.sleep(1);
    }
  }

  /** Writes until {@link #enough}; returns every write that began after the installation. */
  private List<String> write(int writer) throws SQLException {
    List<String> expected = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; !enough.get(); i++) {
        int id = i * WRITERS + writer;
        for (String sql :
            List.of(
                "INSERT INTO t (id, n) VALUES (%d, 0)",
                "UPDATE t SET n = n + 1 WHERE id = %d", "DELETE FROM t WHERE id = %d")) {
          boolean logged = installed.get();
          assertThat(statement.executeUpdate(sql.formatted(id))).isEqualTo(1);
          writes.incrementAndGet();
          if (logged) {
            expected.add(sql.substring(0, 6).toLowerCase(Locale.ROOT) + " " + id);
          }
        }
      }
    }
    return expected;
  }

  private List<String> logged() {
    return database
        .query(
            "SELECT CONCAT(op, ' ', row_key->'$.id') FROM orderwire_change_log"
                + " WHERE row_key IS NOT NULL")
        .stream()
        .map(row -> Objects.requireNonNull(row.getFirst()))
        .toList();
  }
}

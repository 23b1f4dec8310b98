package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
  void noWriteFailsAndNoneIsUnloggedOnceInstallHasReturned() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    List<String> tables = List.of("t");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> running =
          IntStream.range(0, WRITERS)
              .mapToObj(writer -> threads.submit(() -> write(writer)))
              .toList();
      try {
        awaitWrites();
        Installer.install(mysql, tables, InstallOptions.DEFAULT);
        installed.set(true);
        for (int round = 0; round < 5; round++) {
          awaitWrites();
          // Makes all three triggers stale.
          database.execute("ALTER TABLE t ADD COLUMN c" + round + " INT");
          awaitWrites();
          assertThat(Installer.install(mysql, tables, InstallOptions.DEFAULT).made()).hasSize(3);
        }
        awaitWrites();
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

  /** Servers that are started together, in a database where nothing stands yet. */
  @Test
  void manyWhoInstallAtOnceAllSucceed() throws Exception {
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
  void aTableThatIsAlteredAgainAndAgainIsInstalledAllTheSame() throws Exception {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> altering =
          threads.submit(() -> {
            for (int i = 0; !enough.get(); i++) {
              database.execute("ALTER TABLE t ADD COLUMN c INT");
              writes.incrementAndGet();
              database.execute("ALTER TABLE t DROP COLUMN c");
              Thread.sleep(20 + i % 30);
            }
            return null;
          });
      try {
        for (int i = 0; i < 20; i++) {
          int until = writes.get() + 1;
          install("t");
          while (writes.get() < until) {
            Thread.sleep(1);
          }
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

  private InstallReport install(String table) {
    return Installer.install(mysql, List.of(table), InstallOptions.DEFAULT);
  }

  private void awaitWrites() throws InterruptedException {
    int until = writes.get() + WRITES_BETWEEN;
    while (writes.get() < until) {
      Thread.sleep(1);
    }
  }

  /** Writes until it is enough; every write that began once all was installed is returned. */
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

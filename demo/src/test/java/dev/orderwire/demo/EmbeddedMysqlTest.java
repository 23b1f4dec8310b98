package dev.orderwire.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMysqlTest {
  /** Shared, because an initialisation takes seconds. Each test leaves it without a server. */
  @TempDir private static Path shared;

  @Test
  void theServerIsAMysql8WithRowBinlogAndMetadataLocks() throws SQLException {
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      assertThat(
              value(
                  mysql,
                  "SELECT CONCAT_WS(' ', VERSION(), @@log_bin, @@binlog_format, @@performance_schema,"
                      + " @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@time_zone)"))
          .isEqualTo("8.0.15 1 ROW 1 1 1 SYSTEM");
      execute(mysql, "DO GET_LOCK('x', 0)");
      assertThat(value(mysql, "SELECT COUNT(*) > 0 FROM performance_schema.metadata_locks"))
          .isEqualTo("1");
    }
  }

  @Test
  void onlyTheUserWithTheRandomPasswordCanConnect() throws IOException {
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      assertThatThrownBy(() -> DriverManager.getConnection(mysql.jdbcUrl(""), "root", ""))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> DriverManager.getConnection(mysql.jdbcUrl(""), mysql.user(), ""))
          .isInstanceOf(SQLException.class);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password())))
          .isEqualTo("rw-------");
      assertThat(shared.resolve("init.sql")).doesNotExist();
    }
  }

  @Test
  void dataAndPasswordAreKeptBetweenRuns() throws SQLException {
    String password;
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      password = mysql.password();
      execute(mysql, "CREATE DATABASE kept", "CREATE TABLE kept.t AS SELECT 7 AS n");
    }
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      assertThat(mysql.password()).isEqualTo(password);
      assertThat(value(mysql, "SELECT n FROM kept.t")).isEqualTo("7");
    }
  }

  @Test
  void aLostPasswordFileIsReplaced() throws IOException, SQLException {
    EmbeddedMysql.start(shared, 0, List.of()).close();
    Files.delete(password());
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      assertThat(value(mysql, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void committedDataSurviveAKill() throws SQLException {
    EmbeddedMysql killed = EmbeddedMysql.start(shared, 0, List.of());
    execute(killed, "CREATE DATABASE crash", "CREATE TABLE crash.t (n INT PRIMARY KEY)");
    execute(killed, "INSERT INTO crash.t VALUES (1), (2)");
    killed.kill();
    assertThat(ProcessHandle.of(killed.pid())).isEmpty();
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, killed.port(), List.of())) {
      assertThat(mysql.port()).isEqualTo(killed.port());
      assertThat(value(mysql, "SELECT SUM(n) FROM crash.t")).isEqualTo("3");
    }
  }

  @Test
  void closeEndsTheServerCleanly() throws IOException {
    EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of());
    mysql.close();
    mysql.close();
    assertThat(ProcessHandle.of(mysql.pid())).isEmpty();
    assertThat(Files.readString(shared.resolve("error.log")).strip().lines().toList().getLast())
        .contains("Shutdown complete");
  }

  @Test
  void anInterruptedInitialisationIsRepeated(@TempDir Path folder)
      throws IOException, SQLException {
    Files.createDirectories(folder.resolve("mysql.partial/mysql"));
    Files.writeString(folder.resolve("mysql.partial/ibdata1"), "half of it");
    try (EmbeddedMysql mysql = EmbeddedMysql.start(folder, 0, List.of())) {
      assertThat(value(mysql, "SELECT 1")).isEqualTo("1");
      assertThat(folder.resolve("mysql.partial")).doesNotExist();
    }
  }

  @Test
  void aSecondStartOnAFolderInUseIsRefused() throws SQLException {
    try (EmbeddedMysql mysql = EmbeddedMysql.start(shared, 0, List.of())) {
      assertThatThrownBy(() -> EmbeddedMysql.start(shared, 0, List.of()))
          .isInstanceOf(EmbeddedMysqlException.class)
          .hasMessageContaining("already running on");
      assertThat(value(mysql, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aFailedStartShowsTheLogAndUnlocksTheFolder() {
    assertThatThrownBy(() -> EmbeddedMysql.start(shared, 0, List.of("--no-such-option")))
        .isInstanceOf(EmbeddedMysqlException.class)
        .hasMessageContaining("unknown option '--no-such-option'");
    EmbeddedMysql.start(shared, 0, List.of()).close();
  }

  @Test
  void aTakenPortIsReportedAsTheCause() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedMysql.start(shared, taken.getLocalPort(), List.of()))
          .isInstanceOf(EmbeddedMysqlException.class)
          .hasMessageContaining("port is taken");
    }
  }

  @Test
  void aFreePortThatIsTakenMeanwhileIsReplacedUpToFiveTimes() throws IOException {
    Path log = shared.resolve("error.log");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      long before = Files.exists(log) ? failedBinds(log) : 0;
      // The extra argument overrides the chosen port, so that every attempt fails.
      List<String> always = List.of("--port=" + taken.getLocalPort());
      assertThatThrownBy(() -> EmbeddedMysql.start(shared, 0, always))
          .hasMessageContaining("port is taken");
      assertThat(failedBinds(log) - before).isEqualTo(5);
    }
  }

  private static long failedBinds(Path log) throws IOException {
    return Files.readString(log).lines().filter(l -> l.contains("Address already in use")).count();
  }

  private static Path password() {
    return shared.resolve("password");
  }

  private static void execute(EmbeddedMysql mysql, String... statements) throws SQLException {
    try (Connection connection = connect(mysql);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String value(EmbeddedMysql mysql, String sql) throws SQLException {
    try (Connection connection = connect(mysql);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      results.next();
      return results.getString(1);
    }
  }

  private static Connection connect(EmbeddedMysql mysql) throws SQLException {
    return DriverManager.getConnection(mysql.jdbcUrl(""), mysql.user(), mysql.password());
  }
}

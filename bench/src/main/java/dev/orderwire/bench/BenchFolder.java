package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a run keeps its MySQL and its logs. */
final class BenchFolder {
  static final String DATABASE = "bench";

  /** A run. */
  interface Run {
    void in(Path folder) throws Exception;
  }

  private BenchFolder() {}

  /**
   * Deletes the folder after a run that went well: what is left of another one tells why.
   *
   * @throws FailedRun where the run threw something
   */
  static void run(Run run) throws FailedRun, IOException {
    Path folder = Files.createTempDirectory("orderwire-bench");
    try {
      run.in(folder);
    } catch (Exception e) {
      throw new FailedRun(folder, e);
    }
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  static Connection connect(EmbeddedMysql mysql) throws SQLException {
    return DriverManager.getConnection(mysql.jdbcUrl(DATABASE), mysql.user(), mysql.password());
  }
}

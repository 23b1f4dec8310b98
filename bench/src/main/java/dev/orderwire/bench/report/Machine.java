package dev.orderwire.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The machine of a run. Figures of different machines cannot be compared.
 *
 * @param memoryBytes its total memory
 */
record Machine(int cores, long memoryBytes, String kernel, String jdk, String mysql) {
  static Machine of(Connection mysql) throws IOException, SQLException {
    long memory =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemTotal:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .findFirst()
            .orElseThrow(() -> new IOException("/proc/meminfo has no MemTotal"));
    try (Statement statement = mysql.createStatement();
        ResultSet version = statement.executeQuery("SELECT VERSION()")) {
      version.next();
      return new Machine(
          Runtime.getRuntime().availableProcessors(),
          memory,
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          System.getProperty("java.vm.name") + " " + Runtime.version(),
          version.getString(1));
    }
  }

  @Override
  public String toString() {
    return "%d cores, %.1f GiB, %s, %s, MySQL %s"
        .formatted(cores, memoryBytes / (double) (1 << 30), kernel, jdk, mysql);
  }
}

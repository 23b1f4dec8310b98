package dev.orderwire.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** What a run measured, for machines: a line of JSON in the file of {@code --json}. */
final class Results {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "adds what was measured to FILE, as one line of JSON")
  private @Nullable Path file;

  /**
   * Does nothing where no file was asked for.
   *
   * @param mysql the MySQL that was measured on
   * @param options what was asked for, as Jackson writes it
   * @param figures what came of it, likewise
   */
  void add(String scenario, Connection mysql, Map<String, ?> options, Map<String, ?> figures)
      throws IOException, SQLException {
    if (file == null) {
      return;
    }
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("scenario", scenario);
    run.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    run.put("machine", machine(mysql));
    run.put("serverOptions", System.getProperty("orderwire.server-options", "").strip());
    run.put("options", options);
    run.put("figures", figures);
    Files.writeString(
        file,
        JsonMapper.shared().writeValueAsString(run) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static Map<String, Object> machine(Connection mysql) throws IOException, SQLException {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("memoryBytes", memory());
    machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
    machine.put("mysql", mysql.getMetaData().getDatabaseProductVersion());
    return machine;
  }

  /** As /proc/meminfo has it (proc_meminfo(5)). */
  private static long memory() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/meminfo has no MemTotal"));
  }
}

package dev.orderwire.bench;

import dev.orderwire.bench.load.ChildJvm;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.ServerProcess;
import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The time from the start of a server's process until it is ready, on a MySQL where everything is
 * installed: without a cache, and with the caches that the JVM can keep of an earlier run. The
 * variants take turns.
 */
@Command(
    name = "start",
    description = "Measures the time from a server's start until it is ready.",
    mixinStandardHelpOptions = true)
final class StartBench implements Callable<Integer> {
  /** A cache that the JVM keeps from one run to the next. */
  private enum JvmCache {
    NONE("nothing", "without a cache"),
    CLASS_ARCHIVE("classes", "with a class archive, as the launcher sets it"),
    AOT_CACHE("profiles", "with an AOT cache of classes and profiles");

    private final String key;
    private final String label;

    JvmCache(String key, String label) {
      this.key = key;
      this.label = label;
    }

    /** JVM options of the run that writes the cache. */
    List<String> writeOptions(Path folder) {
      return this == AOT_CACHE
          ? List.of("-XX:AOTCacheOutput=" + folder.resolve(key))
          : readOptions(folder);
    }

    /** JVM options of the runs that use the cache. */
    List<String> readOptions(Path folder) {
      return switch (this) {
        case NONE -> List.of();
        case CLASS_ARCHIVE ->
            List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + folder.resolve(key));
        case AOT_CACHE -> List.of("-XX:AOTCache=" + folder.resolve(key));
      };
    }
  }

  /** Times from the start until ready, and from SIGTERM until the end. */
  private record Run(double readyMillis, double endMillis) {}

  @Option(
      names = "--turns",
      defaultValue = "9",
      description = "turns of each variant, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--ssl-mode",
      defaultValue = "PREFERRED",
      description = "sslMode of the connections to MySQL, default ${DEFAULT-VALUE}")
  private String sslMode = "";

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.runWithoutServer(rig -> output.write(rig, measure(rig.mysql(), rig.folder())));
    return 0;
  }

  private Figures measure(EmbeddedMysql mysql, Path folder) throws IOException {
    Figures figures = new Figures();
    // The first run installs change log and triggers, and is not measured.
    Run _ = run(mysql, folder, JvmCache.NONE.readOptions(folder));
    for (JvmCache cache : List.of(JvmCache.CLASS_ARCHIVE, JvmCache.AOT_CACHE)) {
      Run first = run(mysql, folder, cache.writeOptions(folder));
      figures.add(
          cache.key + "WrittenMillis",
          "time to end and write the cache of " + cache.key,
          first.endMillis,
          "ms");
    }
    Map<JvmCache, List<Double>> ready = new EnumMap<>(JvmCache.class);
    for (int turn = 0; turn < turns; turn++) {
      for (JvmCache cache : JvmCache.values()) {
        Run run = run(mysql, folder, cache.readOptions(folder));
        ready.computeIfAbsent(cache, _ -> new ArrayList<>()).add(run.readyMillis);
      }
    }
    ready.forEach((cache, millis) ->
        figures.add(
            cache.key + "ReadyMillis",
            "time until ready, " + cache.label,
            Figures.median(millis),
            "ms",
            cache == JvmCache.CLASS_ARCHIVE ? "about 1,000" : ""));
    return figures;
  }

  private Run run(EmbeddedMysql mysql, Path folder, List<String> options) throws IOException {
    long begun = System.nanoTime();
    long ready;
    long ending;
    try (ChildJvm server =
        ChildJvm.start(
            Stream.of(
                    Stream.of("-Xlog:disable"), ServerProcess.options().stream(), options.stream())
                .flatMap(each -> each)
                .toList(),
            "dev.orderwire.cli.Main",
            List.of("serve"),
            ServerProcess.environment(mysql, Rig.DATABASE, sslMode),
            folder.resolve("server.log"))) {
      while (!server.receive().equals("ready")) {
        // The server's addresses come first.
      }
      ready = System.nanoTime();
      pause();
      ending = System.nanoTime();
    }
    return new Run((ready - begun) / 1e6, (System.nanoTime() - ending) / 1e6);
  }

  /** Waits a moment, so that nothing in the server is ended while it is still starting. */
  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(500));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

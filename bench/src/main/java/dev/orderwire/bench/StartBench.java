package dev.orderwire.bench;

import dev.orderwire.bench.load.ChildJvm;
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
 * How long a server takes from the start of its process until it is ready, on a MySQL where all is
 * installed: as it is, and with what the JVM can keep of an earlier run. The kinds take turns.
 */
@Command(
    name = "start",
    description = "The time from a server's start until it is ready.",
    mixinStandardHelpOptions = true)
final class StartBench implements Callable<Integer> {
  /** What is kept from one run to the next. */
  private enum Kept {
    NOTHING("nothing", "with nothing kept"),
    CLASSES("classes", "with the archive of classes (set)"),
    PROFILES("profiles", "with an AOT cache, classes and profiles");

    private final String key;
    private final String label;

    Kept(String key, String label) {
      this.key = key;
      this.label = label;
    }

    /** For the run that is remembered. */
    List<String> write(Path folder) {
      return this == PROFILES ? List.of("-XX:AOTCacheOutput=" + folder.resolve(key)) : read(folder);
    }

    List<String> read(Path folder) {
      return switch (this) {
        case NOTHING -> List.of();
        case CLASSES ->
            List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + folder.resolve(key));
        case PROFILES -> List.of("-XX:AOTCache=" + folder.resolve(key));
      };
    }
  }

  /** How long it took, in milliseconds. */
  private record Run(double ready, double end) {}

  @Option(names = "--turns", defaultValue = "9", description = "default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--ssl-mode",
      defaultValue = "PREFERRED",
      description = "of the connections to MySQL, default ${DEFAULT-VALUE}")
  private String sslMode = "";

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.runWithoutServer(rig -> output.write(rig, measure(rig.mysql(), rig.folder())));
    return 0;
  }

  private Figures measure(EmbeddedMysql mysql, Path folder) throws IOException {
    Figures figures = new Figures();
    // Installs, and is not counted.
    Run _ = run(mysql, folder, Kept.NOTHING.read(folder));
    for (Kept kept : List.of(Kept.CLASSES, Kept.PROFILES)) {
      Run first = run(mysql, folder, kept.write(folder));
      figures.add(kept.key + "WrittenMillis", "to end and write: " + kept.key, first.end, "ms");
    }
    Map<Kept, List<Double>> ready = new EnumMap<>(Kept.class);
    for (int turn = 0; turn < turns; turn++) {
      for (Kept kept : Kept.values()) {
        Run run = run(mysql, folder, kept.read(folder));
        ready.computeIfAbsent(kept, _ -> new ArrayList<>()).add(run.ready);
      }
    }
    ready.forEach((kept, millis) ->
        figures.add(
            kept.key + "ReadyMillis",
            "until ready, " + kept.label,
            Figures.median(millis),
            "ms",
            kept == Kept.CLASSES ? "about 1,000" : ""));
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
            ServerProcess.environment(mysql, BenchFolder.DATABASE, sslMode),
            folder.resolve("server.log"))) {
      while (!server.answer().equals("ready")) {
        // Its addresses come before.
      }
      ready = System.nanoTime();
      pause();
      ending = System.nanoTime();
    }
    return new Run((ready - begun) / 1e6, (System.nanoTime() - ending) / 1e6);
  }

  /** What is still being started is not to be ended half-way. */
  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(500));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

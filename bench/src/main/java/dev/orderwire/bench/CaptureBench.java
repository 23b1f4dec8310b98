package dev.orderwire.bench;

import java.io.PrintStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Eight writers write as fast as MySQL takes it, one client watches: the delay of each ten seconds,
 * which must not grow, as it would where changes are read more slowly than they are written.
 */
@Command(
    name = "capture",
    description = "The delay while eight writers write as fast as MySQL takes it.",
    mixinStandardHelpOptions = true)
final class CaptureBench implements Callable<Integer> {
  private static final int WRITERS = 8;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  @Option(names = "--seconds", defaultValue = "60", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Mixin private final Output output = new Output();

  /** A run: what was written, the delays of it, and how long the last ones took. */
  private record Captured(
      BusyWriters.Written written, List<CaptureWindow> windows, double millisToTheEnd) {}

  @Override
  public Integer call() throws Exception {
    Rig.run(rig -> {
      try (HttpClient http = HttpClient.newHttpClient()) {
        output.write(rig, measure(rig, http));
      }
    });
    return 0;
  }

  private Figures measure(Rig rig, HttpClient http) throws Exception {
    capture(rig, http, warmUp);
    ProcessCpu mysql = ProcessCpu.from(rig.mysql().pid());
    ProcessCpu server = ProcessCpu.from(rig.server().pid());
    Captured captured = capture(rig, http, seconds);
    double elapsed = captured.written.seconds() + captured.millisToTheEnd / 1e3;
    double mysqlPercent = mysql.seconds() / elapsed * 100;
    double serverPercent = server.seconds() / elapsed * 100;
    print(System.out, captured.windows);
    return figures(captured, mysqlPercent, serverPercent);
  }

  private static Captured capture(Rig rig, HttpClient http, int seconds) throws Exception {
    CaptureDelays delays =
        new CaptureDelays(WINDOW, Math.ceilDiv(seconds, (int) WINDOW.toSeconds()));
    try (Watcher watcher =
        new Watcher(
            http,
            rig.server().websocket(),
            (change, at) ->
                delays.arrived(
                    Long.parseLong(change.path("row").path("customer_name").asString()), at))) {
      BusyWriters.Written written =
          BusyWriters.write(
              rig.mysql(),
              BenchFolder.DATABASE,
              WRITERS,
              Duration.ofSeconds(seconds),
              delays::committed);
      long ended = System.nanoTime();
      if (!delays.awaitAll(Duration.ofMinutes(5))) {
        watcher.checkOpen();
        throw new IllegalStateException("changes are missing five minutes after the last write");
      }
      return new Captured(written, delays.windows(), (System.nanoTime() - ended) / 1e6);
    }
  }

  private static void print(PrintStream out, List<CaptureWindow> windows) {
    CaptureWindow.printHead(out);
    for (int number = 0; number < windows.size(); number++) {
      long from = number * WINDOW.toSeconds();
      windows.get(number).print(out, "%d to %d s".formatted(from, from + WINDOW.toSeconds()));
    }
    CaptureWindow.whole(windows).print(out, "all");
  }

  private static Figures figures(Captured captured, double mysqlPercent, double serverPercent) {
    CaptureWindow all = CaptureWindow.whole(captured.windows);
    double growth =
        captured.windows.getLast().commitMillis(99) / captured.windows.getFirst().commitMillis(99);
    return new Figures()
        .add("writers", "writers", WRITERS, "")
        .add("changes", "changes, each at the client once", (double) captured.written.writes(), "")
        .add("changesPerSecond", "changes a second", captured.written.perSecond(), "")
        .add("p50Millis", "from the commit's answer to arrival, p50", all.commitMillis(50), "ms")
        .add("p99Millis", "p99", all.commitMillis(99), "ms", "< 100")
        .add("beginP50Millis", "from before the write to arrival, p50", all.beginMillis(50), "ms")
        .add("beginP99Millis", "p99", all.beginMillis(99), "ms")
        .add("growthP99", "p99 of the last ten seconds to the first", growth, "x")
        .add("lastMillis", "last arrival after the last write", captured.millisToTheEnd, "ms")
        .add("mysqlPercent", "MySQL", mysqlPercent, "% of a core")
        .add("serverPercent", "server", serverPercent, "% of a core");
  }
}

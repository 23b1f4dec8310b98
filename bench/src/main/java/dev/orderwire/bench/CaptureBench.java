package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.UnpacedWriters;
import dev.orderwire.bench.rig.Watcher;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The delay at one client while eight writers write as fast as MySQL accepts, for each ten seconds.
 * It must not grow: it would if changes were read more slowly than they are written.
 */
@Command(
    name = "capture",
    description = "Measures the delay while eight writers write at full speed.",
    mixinStandardHelpOptions = true)
final class CaptureBench implements Callable<Integer> {
  private static final int WRITERS = 8;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "seconds before the measurement, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Mixin private final Output output = new Output();

  /**
   * One measurement.
   *
   * @param drainMillis from the end of the last write to the last arrival
   */
  private record Captured(
      UnpacedWriters.WriteResult written, List<CaptureWindow> windows, double drainMillis) {}

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
    ProcessCpu mysql = ProcessCpu.start(rig.mysql().pid());
    ProcessCpu server = ProcessCpu.start(rig.server().pid());
    Captured captured = capture(rig, http, seconds);
    double elapsed = captured.written.seconds() + captured.drainMillis / 1e3;
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
      UnpacedWriters.WriteResult written =
          UnpacedWriters.write(
              rig.mysql(), Rig.DATABASE, WRITERS, Duration.ofSeconds(seconds), delays::committed);
      long ended = System.nanoTime();
      if (!delays.awaitAll(Duration.ofMinutes(5))) {
        watcher.requireOpen();
        throw new IllegalStateException(
            "changes are still missing five minutes after the last write");
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
    CaptureWindow.merge(windows).print(out, "all");
  }

  private static Figures figures(Captured captured, double mysqlPercent, double serverPercent) {
    CaptureWindow all = CaptureWindow.merge(captured.windows);
    double growth =
        captured.windows.getLast().commitMillis(99) / captured.windows.getFirst().commitMillis(99);
    return new Figures()
        .add("writers", "writers", WRITERS, "")
        .add("changes", "changes, each delivered once", (double) captured.written.writes(), "")
        .add("changesPerSecond", "changes a second", captured.written.perSecond(), "")
        .add("p50Millis", "delay from the commit's answer, p50", all.commitMillis(50), "ms")
        .add(
            "p99Millis", "delay from the commit's answer, p99", all.commitMillis(99), "ms", "< 100")
        .add("beginP50Millis", "delay from before the write, p50", all.beginMillis(50), "ms")
        .add("beginP99Millis", "delay from before the write, p99", all.beginMillis(99), "ms")
        .add("growthP99", "p99 of the last window to the first", growth, "x")
        .add("lastMillis", "last arrival, after the last write", captured.drainMillis, "ms")
        .add("mysqlPercent", "MySQL's CPU", mysqlPercent, "% of a core")
        .add("serverPercent", "server's CPU", serverPercent, "% of a core");
  }
}

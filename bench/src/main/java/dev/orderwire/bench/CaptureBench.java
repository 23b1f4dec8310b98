package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final Duration WINDOW = Duration.ofSeconds(10);

  @Option(names = "--seconds", defaultValue = "60", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Mixin private Results results = new Results();

  /** A run: what was written, the delays of it, and how long the last ones took. */
  private record Captured(
      BusyWriters.Written written, List<CaptureWindow> windows, double secondsToTheEnd) {}

  @Override
  public Integer call() throws Exception {
    BenchFolder.run(folder -> {
      try (EmbeddedMysql mysql = EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of())) {
        SampleOrders.createTable(mysql, BenchFolder.DATABASE);
        try (ServerProcess server =
                ServerProcess.start(mysql, BenchFolder.DATABASE, folder.resolve("server.log"));
            HttpClient http = HttpClient.newHttpClient();
            Connection connection = BenchFolder.connect(mysql)) {
          measure(mysql, server, http, connection);
        }
      }
    });
    return 0;
  }

  private void measure(
      EmbeddedMysql mysql, ServerProcess server, HttpClient http, Connection connection)
      throws Exception {
    capture(mysql, server, http, warmUp);
    Duration mysqlCpu = ProcessCpu.of(mysql.pid());
    Duration serverCpu = ProcessCpu.of(server.pid());
    Captured captured = capture(mysql, server, http, seconds);
    double elapsed = captured.written.seconds() + captured.secondsToTheEnd;
    double mysqlPercent = ProcessCpu.of(mysql.pid()).minus(mysqlCpu).toMillis() / elapsed / 10;
    double serverPercent = ProcessCpu.of(server.pid()).minus(serverCpu).toMillis() / elapsed / 10;

    PrintStream out = System.out;
    out.printf(
        "%d writers, %d s: %d changes, %.0f a second, each at the client once, the last one"
            + " %.0f ms after the end%n",
        BusyWriters.COUNT,
        seconds,
        captured.written.writes(),
        captured.written.perSecond(),
        captured.secondsToTheEnd * 1e3);
    out.printf("MySQL %.0f%%, server %.0f%% of one core%n", mysqlPercent, serverPercent);
    print(out, captured.windows);
    results.add(
        "capture",
        connection,
        Map.of("writers", BusyWriters.COUNT, "seconds", seconds),
        figures(captured, mysqlPercent, serverPercent));
  }

  private static Captured capture(
      EmbeddedMysql mysql, ServerProcess server, HttpClient http, int seconds) throws Exception {
    CaptureDelays delays =
        new CaptureDelays(WINDOW, Math.ceilDiv(seconds, (int) WINDOW.toSeconds()));
    try (Watcher watcher =
        new Watcher(
            http,
            server.websocket(),
            (change, at) ->
                delays.arrived(
                    Long.parseLong(change.path("row").path("customer_name").asString()), at))) {
      BusyWriters.Written written =
          BusyWriters.write(
              mysql, BenchFolder.DATABASE, Duration.ofSeconds(seconds), delays::committed);
      long ended = System.nanoTime();
      if (!delays.awaitAll(Duration.ofMinutes(5))) {
        watcher.checkOpen();
        throw new IllegalStateException("changes are missing five minutes after the last write");
      }
      return new Captured(written, delays.windows(), (System.nanoTime() - ended) / 1e9);
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

  private static Map<String, Object> figures(
      Captured captured, double mysqlPercent, double serverPercent) {
    CaptureWindow all = CaptureWindow.whole(captured.windows);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("changesPerSecond", captured.written.perSecond());
    figures.put("fromCommitP50Millis", all.commitMillis(50));
    figures.put("fromCommitP99Millis", all.commitMillis(99));
    figures.put("fromBeginP50Millis", all.beginMillis(50));
    figures.put("fromBeginP99Millis", all.beginMillis(99));
    figures.put("tenSecondsP50Millis", each(captured.windows, 50));
    figures.put("tenSecondsP99Millis", each(captured.windows, 99));
    figures.put("lastArrivalAfterMillis", captured.secondsToTheEnd * 1e3);
    figures.put("mysqlPercentOfOneCore", mysqlPercent);
    figures.put("serverPercentOfOneCore", serverPercent);
    return figures;
  }

  private static double[] each(List<CaptureWindow> windows, double percentile) {
    return windows.stream().mapToDouble(window -> window.commitMillis(percentile)).toArray();
  }
}

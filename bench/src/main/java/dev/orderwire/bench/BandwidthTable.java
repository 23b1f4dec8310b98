package dev.orderwire.bench;

import dev.orderwire.bench.peer.ScreenCost;
import dev.orderwire.bench.report.Figures;
import java.io.PrintStream;

/** The variants side by side, and their ratios. {@code noScreen} is the server alone. */
record BandwidthTable(
    ScreenCost noScreen,
    ScreenCost dashboard,
    ScreenCost deflated,
    ScreenCost poller,
    ScreenCost gzipped) {
  void print(PrintStream out) {
    out.printf(
        "%-32s %12s %10s %11s %13s %10s%n",
        "", "first bytes", "bytes/s", "queries/s", "list queries", "rows read");
    print(out, "no screen", noScreen);
    print(out, "dashboard", dashboard);
    print(out, "dashboard, permessage-deflate", deflated);
    print(out, "polling every second", poller);
    print(out, "polling every second, gzip", gzipped);
  }

  private static void print(PrintStream out, String label, ScreenCost cost) {
    out.printf(
        "%-32s %,12d %,10.0f %11.1f %,13d %,10d%n",
        label,
        cost.firstBytes(),
        cost.bytesPerSecond(),
        cost.queriesPerSecond(),
        cost.listQueries(),
        cost.rowsRead());
  }

  private static double rateRatio(ScreenCost polling, ScreenCost pushed) {
    return polling.bytesPerSecond() / pushed.bytesPerSecond();
  }

  private static double totalRatio(ScreenCost polling, ScreenCost pushed) {
    return (double) (polling.firstBytes() + polling.laterBytes())
        / (pushed.firstBytes() + pushed.laterBytes());
  }

  Figures figures() {
    return new Figures()
        .add("dashboardBytes", "dashboard", dashboard.bytesPerSecond(), "bytes/s")
        .add("pollingBytes", "polling", poller.bytesPerSecond(), "bytes/s")
        .add("deflatedBytes", "dashboard, compressed", deflated.bytesPerSecond(), "bytes/s")
        .add("gzippedBytes", "polling, compressed", gzipped.bytesPerSecond(), "bytes/s")
        .add("ratio", "polling to dashboard, bytes/s", rateRatio(poller, dashboard), "x")
        .add(
            "compressedRatio",
            "polling to dashboard, bytes/s, compressed",
            rateRatio(gzipped, deflated),
            "x")
        .add("ratioInAll", "polling to dashboard, all bytes", totalRatio(poller, dashboard), "x")
        .add(
            "compressedRatioInAll",
            "polling to dashboard, all bytes, compressed",
            totalRatio(gzipped, deflated),
            "x")
        .add("queryRatio", "polling to dashboard, list queries", queryRatio(), "x")
        .add("rowRatio", "polling to dashboard, rows read", rowRatio(), "x")
        .add("deflate", "server accepted permessage-deflate", deflated.compressed() ? 1 : 0, "")
        .add("gzip", "server used gzip", gzipped.compressed() ? 1 : 0, "")
        .remark(
            deflated.compressed()
                ? "permessage-deflate was offered and accepted"
                : "permessage-deflate was offered and not accepted: the dashboard's compressed"
                    + " figures are uncompressed")
        .remark(
            gzipped.compressed()
                ? "gzip was offered and used"
                : "gzip was offered and not used: polling's compressed figures are calculated by"
                    + " compressing the responses here");
  }

  private double queryRatio() {
    return (double) poller.listQueries() / dashboard.listQueries();
  }

  private double rowRatio() {
    return (double) poller.rowsRead() / dashboard.rowsRead();
  }
}

package dev.orderwire.bench;

import java.io.PrintStream;

/** Screens beside each other, and as ratios. {@code nobody} is the server without a screen. */
record BandwidthTable(
    ScreenCost nobody,
    ScreenCost dashboard,
    ScreenCost deflated,
    ScreenCost poller,
    ScreenCost gzipped) {
  void print(PrintStream out) {
    out.printf(
        "%-32s %12s %10s %11s %13s %10s%n",
        "", "first bytes", "bytes/s", "queries/s", "for the list", "rows read");
    print(out, "no screen", nobody);
    print(out, "dashboard", dashboard);
    print(out, "dashboard, permessage-deflate", deflated);
    print(out, "polling every second", poller);
    print(out, "polling every second, gzip", gzipped);
  }

  private static void print(PrintStream out, String what, ScreenCost cost) {
    out.printf(
        "%-32s %,12d %,10.0f %11.1f %,13d %,10d%n",
        what,
        cost.firstBytes(),
        cost.bytesPerSecond(),
        cost.queriesPerSecond(),
        cost.listQueries(),
        cost.rowsRead());
  }

  private static double ratio(ScreenCost polling, ScreenCost pushed) {
    return polling.bytesPerSecond() / pushed.bytesPerSecond();
  }

  private static double ratioInAll(ScreenCost polling, ScreenCost pushed) {
    return (double) (polling.firstBytes() + polling.laterBytes())
        / (pushed.firstBytes() + pushed.laterBytes());
  }

  Figures figures() {
    return new Figures()
        .add("dashboardBytes", "dashboard", dashboard.bytesPerSecond(), "bytes/s")
        .add("pollingBytes", "polling", poller.bytesPerSecond(), "bytes/s")
        .add("deflatedBytes", "dashboard, compressed", deflated.bytesPerSecond(), "bytes/s")
        .add("gzippedBytes", "polling, compressed", gzipped.bytesPerSecond(), "bytes/s")
        .add("ratio", "polling to dashboard, plain", ratio(poller, dashboard), "x")
        .add("compressedRatio", "compressed", ratio(gzipped, deflated), "x")
        .add("ratioInAll", "with the first load, plain", ratioInAll(poller, dashboard), "x")
        .add("compressedRatioInAll", "compressed", ratioInAll(gzipped, deflated), "x")
        .add("queryRatio", "queries for the list", queryRatio(), "x")
        .add("rowRatio", "rows read for it", rowRatio(), "x")
        .add("deflate", "server accepted permessage-deflate", deflated.compressed() ? 1 : 0, "")
        .add("gzip", "server used gzip", gzipped.compressed() ? 1 : 0, "")
        .remark(
            deflated.compressed()
                ? "permessage-deflate was offered and accepted"
                : "permessage-deflate was offered and not accepted: what is called compressed of"
                    + " the dashboard is plain")
        .remark(
            gzipped.compressed()
                ? "gzip was offered and used"
                : "gzip was offered and not used: what is called compressed of polling is reckoned"
                    + " from what gzip makes of the answers");
  }

  private double queryRatio() {
    return (double) poller.listQueries() / dashboard.listQueries();
  }

  private double rowRatio() {
    return (double) poller.rowsRead() / dashboard.rowsRead();
  }
}

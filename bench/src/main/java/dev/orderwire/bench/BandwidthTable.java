package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Screens beside each other, and as ratios. {@code nobody} is the server without a screen. */
record BandwidthTable(
    ScreenCost nobody,
    ScreenCost dashboard,
    ScreenCost deflated,
    ScreenCost poller,
    ScreenCost gzipped) {
  void print(PrintStream out) {
    out.printf(
        "%-38s %12s %12s %10s %14s%n", "", "first bytes", "bytes/s", "queries/s", "rows read/s");
    print(out, "no screen", nobody);
    print(out, "dashboard", dashboard);
    print(out, "dashboard, permessage-deflate", deflated);
    print(out, "polling every second", poller);
    print(out, "polling every second, gzip", gzipped);
    out.printf(
        "permessage-deflate was offered, and the server %s%n",
        deflated.compressed() ? "accepted it" : "did not accept it: that line is plain");
    out.printf(
        "gzip was offered, and the server %s%n",
        gzipped.compressed()
            ? "used it"
            : "did not use it: that line is reckoned, from what gzip makes of its answers");
    out.printf(
        "polling / dashboard: bytes a second %.0f plain, %.0f compressed; with the first load"
            + " %.1f plain, %.1f compressed%n",
        ratio(poller, dashboard),
        ratio(gzipped, deflated),
        ratioInAll(poller, dashboard),
        ratioInAll(gzipped, deflated));
    out.printf(
        "polling / dashboard: %.0f queries for the list to 1, %.0f rows read to 1%n",
        (double) poller.listQueries() / dashboard.listQueries(),
        (double) poller.rowsRead() / dashboard.rowsRead());
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

  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("nobody", nobody);
    figures.put("dashboard", dashboard);
    figures.put("deflated", deflated);
    figures.put("poller", poller);
    figures.put("gzipped", gzipped);
    figures.put("bytesRatio", ratio(poller, dashboard));
    figures.put("bytesRatioCompressed", ratio(gzipped, deflated));
    figures.put("listQueriesRatio", (double) poller.listQueries() / dashboard.listQueries());
    figures.put("rowsReadRatio", (double) poller.rowsRead() / dashboard.rowsRead());
    return figures;
  }
}

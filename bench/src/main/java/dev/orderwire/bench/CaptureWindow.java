package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The delays of the writes that were committed in one stretch of a run, in nanoseconds. */
record CaptureWindow(Histogram fromBegin, Histogram fromCommit) {
  CaptureWindow() {
    this(new Histogram(3), new Histogram(3));
  }

  /** From before the write's beginning to the arrival. */
  double beginMillis(double percentile) {
    return fromBegin.getValueAtPercentile(percentile) / 1e6;
  }

  /** From MySQL's answer to the arrival; 0 where the change was quicker than the answer. */
  double commitMillis(double percentile) {
    return fromCommit.getValueAtPercentile(percentile) / 1e6;
  }

  static CaptureWindow whole(List<CaptureWindow> windows) {
    CaptureWindow whole = new CaptureWindow();
    for (CaptureWindow window : windows) {
      whole.fromBegin.add(window.fromBegin);
      whole.fromCommit.add(window.fromCommit);
    }
    return whole;
  }

  static void printHead(PrintStream out) {
    out.printf("%-16s %9s | %-29s | %-19s%n", "", "", "commit to arrival, ms", "begin to arrival");
    out.printf(
        "%-16s %9s | %9s %9s %9s | %9s %9s%n",
        "committed in", "changes", "p50", "p99", "max", "p50", "p99");
  }

  void print(PrintStream out, String when) {
    out.printf(
        "%-16s %9d | %9.2f %9.2f %9.2f | %9.2f %9.2f%n",
        when,
        fromCommit.getTotalCount(),
        commitMillis(50),
        commitMillis(99),
        commitMillis(100),
        beginMillis(50),
        beginMillis(99));
  }
}

package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The delays of the writes that were committed in one window of a run, in nanoseconds. */
record CaptureWindow(Histogram fromBegin, Histogram fromCommit) {
  CaptureWindow() {
    this(new Histogram(3), new Histogram(3));
  }

  /** From just before the write to its arrival. */
  double beginMillis(double percentile) {
    return fromBegin.getValueAtPercentile(percentile) / 1e6;
  }

  /** From MySQL's answer to the arrival; 0 if the change arrived before the answer. */
  double commitMillis(double percentile) {
    return fromCommit.getValueAtPercentile(percentile) / 1e6;
  }

  static CaptureWindow merge(List<CaptureWindow> windows) {
    CaptureWindow merged = new CaptureWindow();
    for (CaptureWindow window : windows) {
      merged.fromBegin.add(window.fromBegin);
      merged.fromCommit.add(window.fromCommit);
    }
    return merged;
  }

  static void printHead(PrintStream out) {
    out.printf("%-16s %9s | %-29s | %s%n", "", "", "commit to arrival, ms", "write to arrival, ms");
    out.printf(
        "%-16s %9s | %9s %9s %9s | %9s %9s%n",
        "committed at", "changes", "p50", "p99", "max", "p50", "p99");
  }

  void print(PrintStream out, String label) {
    out.printf(
        "%-16s %9d | %9.2f %9.2f %9.2f | %9.2f %9.2f%n",
        label,
        fromCommit.getTotalCount(),
        commitMillis(50),
        commitMillis(99),
        commitMillis(100),
        beginMillis(50),
        beginMillis(99));
  }
}

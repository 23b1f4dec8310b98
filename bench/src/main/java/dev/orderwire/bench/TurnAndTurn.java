package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Writes without and with triggers, measured by turns: the turns of one index are neighbours. */
record TurnAndTurn(List<Turn> without, List<Turn> with) {
  /** Writes a second, and MySQL's processor time for one of them. */
  record Turn(double perSecond, double cpuMicros) {}

  TurnAndTurn {
    without = List.copyOf(without);
    with = List.copyOf(with);
  }

  /** Two lines of the table. */
  void print(PrintStream out, String what) {
    double[] neighbours = neighbours();
    out.printf(
        "%-36s %10.0f %10.0f %8.3f  median %.3f, half of them %.3f to %.3f%n",
        what,
        median(without, Turn::perSecond),
        median(with, Turn::perSecond),
        ratio(Turn::perSecond),
        quantile(neighbours, 0.5),
        quantile(neighbours, 0.25),
        quantile(neighbours, 0.75));
    out.printf(
        "%-36s %10.0f %10.0f %8.3f%n",
        "  MySQL's processor time a write, us",
        median(without, Turn::cpuMicros),
        median(with, Turn::cpuMicros),
        ratio(Turn::cpuMicros));
  }

  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("withoutPerSecond", values(without, Turn::perSecond));
    figures.put("withPerSecond", values(with, Turn::perSecond));
    figures.put("ratio", ratio(Turn::perSecond));
    figures.put("ratioOfNeighbours", quantile(neighbours(), 0.5));
    figures.put("withoutCpuMicros", median(without, Turn::cpuMicros));
    figures.put("withCpuMicros", median(with, Turn::cpuMicros));
    return figures;
  }

  private double ratio(ToDoubleFunction<Turn> of) {
    return median(with, of) / median(without, of);
  }

  private double[] neighbours() {
    return IntStream.range(0, with.size())
        .mapToDouble(turn -> with.get(turn).perSecond() / without.get(turn).perSecond())
        .toArray();
  }

  private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
    return quantile(values(turns, of), 0.5);
  }

  private static double[] values(List<Turn> turns, ToDoubleFunction<Turn> of) {
    return turns.stream().mapToDouble(of).toArray();
  }

  /** Between two values, in proportion. */
  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}

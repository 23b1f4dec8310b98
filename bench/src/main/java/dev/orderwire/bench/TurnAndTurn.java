package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  void addTo(Figures figures, Durability durability) {
    String key = durability.name().toLowerCase(Locale.ROOT);
    String label = durability.words() + ": ";
    figures
        .add(key + "Without", label + "writes a second", median(without, Turn::perSecond), "")
        .add(key + "With", label + "with triggers", median(with, Turn::perSecond), "")
        .add(key + "Ratio", label + "ratio", ratio(Turn::perSecond), "x", durability.toReach())
        .add(key + "RatioOfNeighbours", label + "of turns", quantile(neighbours(), 0.5), "x")
        .add(key + "CpuRatio", label + "MySQL's CPU a write", ratio(Turn::cpuMicros), "x");
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

package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Writes without triggers, with the least that a trigger can do to log at all (the floor), and with
 * the triggers, measured by turns: the turns of one index are neighbours.
 */
record TurnAndTurn(List<Turn> without, List<Turn> floor, List<Turn> with) {
  /** Writes a second, and MySQL's processor time for one of them. */
  record Turn(double perSecond, double cpuMicros) {}

  TurnAndTurn {
    without = List.copyOf(without);
    floor = List.copyOf(floor);
    with = List.copyOf(with);
  }

  static void printHead(PrintStream out) {
    out.printf("%-36s %32s | %26s |%n", "", "", "ratio");
    out.printf(
        "%-36s %10s %10s %10s | %8s %8s %8s | %s%n",
        "writes a second",
        "without",
        "floor",
        "with",
        "floor",
        "with",
        "to floor",
        "with, ratio of neighbouring turns");
  }

  /** Two lines of the table. */
  void print(PrintStream out, String what) {
    double[] neighbours = neighbours();
    print(
        out,
        what,
        Turn::perSecond,
        "median %.3f, half of them %.3f to %.3f"
            .formatted(
                quantile(neighbours, 0.5), quantile(neighbours, 0.25), quantile(neighbours, 0.75)));
    print(out, "  MySQL's processor time a write, us", Turn::cpuMicros, "");
  }

  private void print(PrintStream out, String what, ToDoubleFunction<Turn> of, String remark) {
    String line =
        "%-36s %10.0f %10.0f %10.0f | %8.3f %8.3f %8.3f | %s"
            .formatted(
                what,
                median(without, of),
                median(floor, of),
                median(with, of),
                ratio(floor, without, of),
                ratio(with, without, of),
                ratio(with, floor, of),
                remark);
    out.println(line.stripTrailing());
  }

  void addTo(Figures figures, Commits commits) {
    String key = commits.name().toLowerCase(Locale.ROOT);
    String label = commits.words() + ": ";
    ToDoubleFunction<Turn> writes = Turn::perSecond;
    ToDoubleFunction<Turn> cpu = Turn::cpuMicros;
    figures
        .add(key + "Without", label + "writes a second", median(without, writes), "")
        .add(key + "Floor", label + "with the smallest trigger", median(floor, writes), "")
        .add(key + "With", label + "with triggers", median(with, writes), "")
        .add(key + "Ratio", label + "ratio", ratio(with, without, writes), "x", commits.toReach())
        .add(key + "RatioOfNeighbours", label + "of turns", quantile(neighbours(), 0.5), "x")
        .add(key + "FloorRatio", label + "the floor's ratio", ratio(floor, without, writes), "x")
        .add(key + "ToFloor", label + "to the floor", ratio(with, floor, writes), "x")
        .add(
            key + "WithoutCpuMicros",
            label + "MySQL's CPU a write, without",
            median(without, cpu),
            "us")
        .add(
            key + "FloorCpuMicros",
            label + "with the smallest trigger, CPU",
            median(floor, cpu),
            "us")
        .add(key + "WithCpuMicros", label + "with triggers, CPU", median(with, cpu), "us")
        .add(key + "CpuRatio", label + "MySQL's CPU a write", ratio(with, without, cpu), "x")
        .add(key + "FloorCpuRatio", label + "the floor's, CPU", ratio(floor, without, cpu), "x")
        .add(key + "CpuToFloor", label + "to the floor, CPU", ratio(with, floor, cpu), "x");
  }

  private static double ratio(List<Turn> of, List<Turn> to, ToDoubleFunction<Turn> figure) {
    return median(of, figure) / median(to, figure);
  }

  private double[] neighbours() {
    return IntStream.range(0, with.size())
        .mapToDouble(turn -> with.get(turn).perSecond() / without.get(turn).perSecond())
        .toArray();
  }

  private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
    return quantile(turns.stream().mapToDouble(of).toArray(), 0.5);
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

package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The turns without triggers, with minimal triggers, and with Orderwire's. Turns of the same index
 * ran one after the other.
 */
record TriggerComparison(List<Turn> without, List<Turn> minimal, List<Turn> with) {
  /** Writes a second, and MySQL's CPU time per write. */
  record Turn(double perSecond, double cpuMicros) {}

  TriggerComparison {
    without = List.copyOf(without);
    minimal = List.copyOf(minimal);
    with = List.copyOf(with);
  }

  static void printHead(PrintStream out) {
    out.printf("%-36s %32s | %28s |%n", "", "", "ratio");
    out.printf(
        "%-36s %10s %10s %10s | %8s %8s %10s | %s%n",
        "writes a second",
        "without",
        "minimal",
        "with",
        "minimal",
        "with",
        "to minimal",
        "with, ratio of adjacent turns");
  }

  /** Prints two lines of the table. */
  void print(PrintStream out, String label) {
    double[] ratios = adjacentRatios();
    print(
        out,
        label,
        Turn::perSecond,
        "median %.3f, quartiles %.3f and %.3f"
            .formatted(quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75)));
    print(out, "  MySQL's CPU time per write, us", Turn::cpuMicros, "");
  }

  private void print(PrintStream out, String label, ToDoubleFunction<Turn> of, String remark) {
    String line =
        "%-36s %10.0f %10.0f %10.0f | %8.3f %8.3f %10.3f | %s"
            .formatted(
                label,
                median(without, of),
                median(minimal, of),
                median(with, of),
                ratio(minimal, without, of),
                ratio(with, without, of),
                ratio(with, minimal, of),
                remark);
    out.println(line.stripTrailing());
  }

  void addTo(Figures figures, CommitMode mode) {
    String key = mode.key();
    String label = mode.label() + ": ";
    ToDoubleFunction<Turn> writes = Turn::perSecond;
    ToDoubleFunction<Turn> cpu = Turn::cpuMicros;
    figures
        .add(key + "Without", label + "writes a second, without", median(without, writes), "")
        .add(key + "Floor", label + "writes a second, minimal", median(minimal, writes), "")
        .add(key + "With", label + "writes a second, with", median(with, writes), "")
        .add(
            key + "Ratio",
            label + "writes, with to without",
            ratio(with, without, writes),
            "x",
            mode.target())
        .add(
            key + "RatioOfNeighbours",
            label + "the same, median of adjacent turns",
            quantile(adjacentRatios(), 0.5),
            "x")
        .add(
            key + "FloorRatio",
            label + "writes, minimal to without",
            ratio(minimal, without, writes),
            "x")
        .add(key + "ToFloor", label + "writes, with to minimal", ratio(with, minimal, writes), "x")
        .add(
            key + "WithoutCpuMicros",
            label + "MySQL's CPU per write, without",
            median(without, cpu),
            "us")
        .add(
            key + "FloorCpuMicros",
            label + "MySQL's CPU per write, minimal",
            median(minimal, cpu),
            "us")
        .add(key + "WithCpuMicros", label + "MySQL's CPU per write, with", median(with, cpu), "us")
        .add(key + "CpuRatio", label + "CPU, with to without", ratio(with, without, cpu), "x")
        .add(
            key + "FloorCpuRatio",
            label + "CPU, minimal to without",
            ratio(minimal, without, cpu),
            "x")
        .add(key + "CpuToFloor", label + "CPU, with to minimal", ratio(with, minimal, cpu), "x");
  }

  private static double ratio(List<Turn> of, List<Turn> to, ToDoubleFunction<Turn> figure) {
    return median(of, figure) / median(to, figure);
  }

  /** The throughput with triggers to that without, for each pair of adjacent turns. */
  private double[] adjacentRatios() {
    return IntStream.range(0, with.size())
        .mapToDouble(turn -> with.get(turn).perSecond() / without.get(turn).perSecond())
        .toArray();
  }

  private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
    return quantile(turns.stream().mapToDouble(of).toArray(), 0.5);
  }

  /** Interpolates between the two nearest values. */
  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}

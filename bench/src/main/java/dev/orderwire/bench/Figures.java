package dev.orderwire.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What was measured, in the order in which it is told: once for people, once for machines. */
final class Figures {
  /**
   * One of them.
   *
   * @param key its name for machines
   * @param toReach what it should be; empty where nothing is asked of it
   */
  record Figure(String key, String label, double value, String unit, String toReach) {}

  private final List<Figure> figures = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  Figures add(String key, String label, double value, String unit) {
    return add(key, label, value, unit, "");
  }

  Figures add(String key, String label, double value, String unit, String toReach) {
    figures.add(new Figure(key, label, value, unit, toReach));
    return this;
  }

  /** Something that must be known to read the figures. */
  Figures remark(String text) {
    remarks.add(text);
    return this;
  }

  List<Figure> list() {
    return List.copyOf(figures);
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  void print(PrintStream out) {
    int width = figures.stream().mapToInt(figure -> figure.label.length()).max().orElse(0);
    for (Figure figure : figures) {
      String line =
          ("%-" + width + "s %14s %-12s %s")
              .formatted(figure.label, number(figure), figure.unit, figure.toReach);
      out.println(line.stripTrailing());
    }
    remarks.forEach(out::println);
  }

  private static String number(Figure figure) {
    double value = figure.value;
    boolean count = value == Math.rint(value) && figure.unit.isEmpty();
    return count || Math.abs(value) >= 1_000 ? "%,.0f".formatted(value) : "%,.2f".formatted(value);
  }

  /** The middle of some values; of an even number of them, between the two in the middle. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}

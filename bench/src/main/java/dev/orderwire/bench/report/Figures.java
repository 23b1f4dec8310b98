package dev.orderwire.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The figures of a run, in the order in which they are printed and written as JSON. */
public final class Figures {
  /**
   * One figure.
   *
   * @param key its JSON key
   * @param label its name in the table
   * @param target the value to reach; empty if there is none
   */
  public record Figure(String key, String label, double value, String unit, String target) {}

  private final List<Figure> figures = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  public Figures add(String key, String label, double value, String unit) {
    return add(key, label, value, unit, "");
  }

  public Figures add(String key, String label, double value, String unit, String target) {
    figures.add(new Figure(key, label, value, unit, target));
    return this;
  }

  /** Adds a sentence that is printed below the table. */
  public Figures remark(String text) {
    remarks.add(text);
    return this;
  }

  public List<Figure> list() {
    return List.copyOf(figures);
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  public void print(PrintStream out) {
    int width = figures.stream().mapToInt(figure -> figure.label.length()).max().orElse(0);
    for (Figure figure : figures) {
      String line =
          ("%-" + width + "s %14s %-12s %s")
              .formatted(figure.label, number(figure), figure.unit, figure.target);
      out.println(line.stripTrailing());
    }
    remarks.forEach(out::println);
  }

  private static String number(Figure figure) {
    double value = figure.value;
    boolean count = value == Math.rint(value) && figure.unit.isEmpty();
    return count || Math.abs(value) >= 1_000 ? "%,.0f".formatted(value) : "%,.2f".formatted(value);
  }

  /** The median; of an even number of values, the mean of the middle two. */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}

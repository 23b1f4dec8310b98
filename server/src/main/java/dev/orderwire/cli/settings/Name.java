package dev.orderwire.cli.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The two ways to write the path of a setting: {@code feed.max-bytes}, and the variable {@code
 * ORDERWIRE_FEED_MAX_BYTES}. MySQL's settings also have the usual short variable, {@code
 * MYSQL_HOST}.
 */
final class Name {
  static final String PREFIX = "ORDERWIRE_";

  private Name() {}

  /** The part of a path for a component of a record: {@code max-bytes} for maxBytes. */
  static String ofComponent(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  static List<String> child(List<String> path, String part) {
    List<String> child = new ArrayList<>(path);
    child.add(part);
    return List.copyOf(child);
  }

  /** Whether a path is {@code group} or inside it. */
  static boolean isWithin(List<String> group, List<String> path) {
    return path.size() >= group.size() && path.subList(0, group.size()).equals(group);
  }

  static String dotted(List<String> path) {
    return String.join(".", path);
  }

  /** The variables of a path; the last one overrides. */
  static List<String> variables(List<String> path) {
    String variable = inVariable(dotted(path));
    return path.getFirst().equals("mysql")
        ? List.of(variable, PREFIX + variable)
        : List.of(PREFIX + variable);
  }

  /** A name as part of a variable: characters other than letters and digits become {@code _}. */
  static String inVariable(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "_");
  }
}

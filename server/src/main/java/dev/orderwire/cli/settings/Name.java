package dev.orderwire.cli.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The ways to write a setting's path: {@code feed.max-bytes}, and as a variable {@code
 * ORDERWIRE_FEED_MAX_BYTES}. Those of MySQL have the short form that is usual elsewhere too: {@code
 * MYSQL_HOST}.
 */
final class Name {
  static final String PREFIX = "ORDERWIRE_";

  private Name() {}

  /** The part of a path that a record's component stands for: {@code max-bytes} of maxBytes. */
  static String ofComponent(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  static List<String> child(List<String> path, String part) {
    List<String> child = new ArrayList<>(path);
    child.add(part);
    return List.copyOf(child);
  }

  static String dotted(List<String> path) {
    return String.join(".", path);
  }

  /** The variables of a path, the stronger one last. */
  static List<String> variables(List<String> path) {
    String variable = inVariable(dotted(path));
    return path.getFirst().equals("mysql")
        ? List.of(variable, PREFIX + variable)
        : List.of(PREFIX + variable);
  }

  /** A name as a part of a variable's: what is no letter and no digit becomes {@code _}. */
  static String inVariable(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "_");
  }
}

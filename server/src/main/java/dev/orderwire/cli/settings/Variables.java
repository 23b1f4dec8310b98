package dev.orderwire.cli.settings;

import dev.orderwire.change.Nearest;
import dev.orderwire.cli.settings.RawValue.Content;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts variables, of the environment or of a {@code .env} file, into paths and values. */
final class Variables {
  private static final List<String> TABLES = List.of("tables");
  private static final String TABLE_OPTION = Name.variables(TABLES).getFirst() + "_";

  private Variables() {}

  /** Ignores unknown names without the prefix, which may belong to other programs. */
  static Map<List<String>, RawValue> read(Map<String, RawValue> variables, Problems problems) {
    Map<List<String>, RawValue> values = new LinkedHashMap<>();
    List<String> known = new ArrayList<>();
    for (Key key : Key.all()) {
      for (String name : key.variables()) {
        known.add(name);
        RawValue value = variables.get(name);
        if (value != null && isSet(value)) {
          values.put(key.path(), value);
        }
      }
    }
    variables.forEach((name, value) -> {
      if (name.startsWith(Name.PREFIX) && !known.contains(name) && !name.startsWith(TABLE_OPTION)) {
        problems.add(
            "%s is not a setting; did you mean %s?"
                .formatted(value.origin(), Nearest.to(name, known)));
      }
    });
    expandMaps(values, problems);
    Key.trees().forEach(path -> expandTree(path, values, problems));
    return values;
  }

  /** An empty variable counts as not set, since tools pass on an unset variable as empty. */
  private static boolean isSet(RawValue value) {
    return !(value.content() instanceof Content.Text(String text)) || !text.isEmpty();
  }

  /** {@code ORDERWIRE_TABLES} is either a list of names or a YAML map on one line. */
  private static void expandMaps(Map<List<String>, RawValue> values, Problems problems) {
    for (List<String> named : Key.maps()) {
      RawValue map = values.get(named);
      if (map != null
          && map.content() instanceof Content.Text(String text)
          && text.stripLeading().startsWith("{")) {
        values.remove(named);
        values.putAll(
            YamlFile.read("%s: %s".formatted(Name.dotted(named), text), map.origin(), problems));
      }
    }
  }

  /** A tree is a YAML map on one line, which JSON is too. */
  private static void expandTree(
      List<String> path, Map<List<String>, RawValue> values, Problems problems) {
    RawValue tree = values.get(path);
    if (tree != null && tree.content() instanceof Content.Text(String text)) {
      values.remove(path);
      values.putAll(YamlFile.read(Name.dotted(path) + ": " + text, tree.origin(), problems));
    }
  }

  /**
   * Reads the variables that set an option of a table.
   *
   * @param tables all watched tables, since a variable does not give a name exactly
   */
  static Map<List<String>, RawValue> tableOptions(
      Map<String, RawValue> variables, Collection<String> tables, Problems problems) {
    Map<String, List<String>> known = new LinkedHashMap<>();
    for (String table : tables) {
      for (Key key : Key.all()) {
        if (key.path().size() == 3 && key.path().getFirst().equals("tables")) {
          List<String> path = List.of("tables", table, key.path().getLast());
          known.put(Name.variables(path).getFirst(), path);
        }
      }
    }
    Map<List<String>, RawValue> values = new LinkedHashMap<>();
    variables.forEach((name, value) -> {
      List<String> path = known.get(name);
      if (path != null && isSet(value)) {
        values.put(path, value);
      } else if (path == null && name.startsWith(TABLE_OPTION)) {
        problems.add(
            "%s is not a setting of a watched table; did you mean %s?"
                .formatted(value.origin(), Nearest.to(name, known.keySet())));
      }
    });
    return values;
  }
}

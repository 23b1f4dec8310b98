package dev.orderwire.cli.settings;

import dev.orderwire.change.Nearest;
import dev.orderwire.cli.settings.Given.Content;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables, of the environment or of a {@code .env} file, as paths and values. */
final class Variables {
  private static final List<String> TABLES = List.of("tables");
  private static final String TABLE_OPTION = Name.variables(TABLES).getFirst() + "_";

  private Variables() {}

  /** Only ours are looked at: an unknown name without our prefix may be anybody's. */
  static Map<List<String>, Given> read(Map<String, Given> variables, Problems problems) {
    Map<List<String>, Given> values = new LinkedHashMap<>();
    List<String> known = new ArrayList<>();
    for (Key key : Key.all()) {
      for (String name : key.variables()) {
        known.add(name);
        Given given = variables.get(name);
        if (given != null && isSet(given)) {
          values.put(key.path(), given);
        }
      }
    }
    variables.forEach((name, given) -> {
      if (name.startsWith(Name.PREFIX) && !known.contains(name) && !name.startsWith(TABLE_OPTION)) {
        problems.add(
            "%s is no setting; did you mean %s?".formatted(given.where(), Nearest.to(name, known)));
      }
    });
    expandTables(values, problems);
    return values;
  }

  /** An empty variable counts as none: that is what tools pass on for one that is not set. */
  private static boolean isSet(Given given) {
    return !(given.content() instanceof Content.Text(String text)) || !text.isEmpty();
  }

  /** {@code ORDERWIRE_TABLES} may be the map of the YAML file on one line, or just names. */
  private static void expandTables(Map<List<String>, Given> values, Problems problems) {
    Given tables = values.get(TABLES);
    if (tables != null
        && tables.content() instanceof Content.Text(String text)
        && text.stripLeading().startsWith("{")) {
      values.remove(TABLES);
      values.putAll(YamlFile.read("tables: " + text, tables.where(), problems));
    }
  }

  /** The variables that set a table's option, which needs the names of the tables first. */
  static Map<List<String>, Given> tableOptions(
      Map<String, Given> variables, Collection<String> tables, Problems problems) {
    Map<String, List<String>> known = new LinkedHashMap<>();
    for (String table : tables) {
      for (Key key : Key.all()) {
        if (key.path().size() == 3 && key.path().getFirst().equals("tables")) {
          List<String> path = List.of("tables", table, key.path().getLast());
          known.put(Name.variables(path).getFirst(), path);
        }
      }
    }
    Map<List<String>, Given> values = new LinkedHashMap<>();
    variables.forEach((name, given) -> {
      List<String> path = known.get(name);
      if (path != null && isSet(given)) {
        values.put(path, given);
      } else if (path == null && name.startsWith(TABLE_OPTION)) {
        problems.add(
            "%s is no setting of a table that is watched; did you mean %s?"
                .formatted(given.where(), Nearest.to(name, known.keySet())));
      }
    });
    return values;
  }
}

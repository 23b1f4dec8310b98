package dev.orderwire.cli.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The key of a setting, derived from the records of {@link Settings}.
 *
 * @param path the parts of the name; {@link #TABLE} or {@link #NAME} stands for a name of the
 *     user's
 * @param variables the environment variables of the setting; the last one overrides. Empty for a
 *     setting without a fixed name or without a single value
 */
record Key(List<String> path, String defaultValue, String description, List<String> variables) {
  private static final String TABLE = "TABLE";
  private static final String NAME = "NAME";
  private static final Set<List<String>> MAPS = collectMaps();

  Key {
    path = List.copyOf(path);
    variables = List.copyOf(variables);
  }

  /** The paths of the settings that hold a tree of values, whose meaning is not known here. */
  static Set<List<String>> trees() {
    return Arrays.stream(Settings.class.getRecordComponents())
        .filter(component -> component.getType() == JsonNode.class)
        .map(component -> List.of(Name.ofComponent(component.getName())))
        .collect(Collectors.toSet());
  }

  /** All keys, in the order of docs/reference/configuration.md. */
  static List<Key> all() {
    List<Key> keys = new ArrayList<>();
    collect(Settings.class, List.of(), keys);
    keys.add(MysqlUrl.KEY);
    return keys;
  }

  private static void collect(Class<?> type, List<String> path, List<Key> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      List<String> inner = Name.child(path, Name.ofComponent(component.getName()));
      Class<? extends Record> group = groupOf(component);
      boolean named = component.getType() == Map.class;
      Setting setting = component.getAnnotation(Setting.class);
      if (setting != null) {
        boolean variable = placeholder(path) < 0 && (!named || group != null);
        keys.add(
            new Key(
                inner,
                setting.defaultValue(),
                setting.description(),
                variable ? Name.variables(inner) : List.of()));
      }
      if (group != null) {
        collect(group, named ? Name.child(inner, placeholderIn(inner)) : inner, keys);
      }
    }
  }

  private static String placeholderIn(List<String> map) {
    return map.equals(List.of("tables")) ? TABLE : NAME;
  }

  /** Where a name of the user's is in a path; -1 if nowhere. */
  private static int placeholder(List<String> path) {
    return Math.max(path.indexOf(TABLE), path.indexOf(NAME));
  }

  /** The settings that are maps of the user's names to records. */
  static Set<List<String>> maps() {
    return MAPS;
  }

  private static Set<List<String>> collectMaps() {
    List<Key> keys = new ArrayList<>();
    collect(Settings.class, List.of(), keys);
    return keys.stream()
        .map(Key::path)
        .filter(path -> placeholder(path) >= 0)
        .map(path -> path.subList(0, placeholder(path)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The record with the settings inside {@code component}: its type, or the type of a map's values;
   * null if it is a plain value.
   */
  static @Nullable Class<? extends Record> groupOf(RecordComponent component) {
    Class<?> type = valueType(component);
    return type.isRecord() ? type.asSubclass(Record.class) : null;
  }

  /** The type of {@code component}, or of a map's values. */
  static Class<?> valueType(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType generic
            && component.getType() == Map.class
            && generic.getActualTypeArguments()[1] instanceof Class<?> value
        ? value
        : component.getType();
  }

  String name() {
    return Name.dotted(path);
  }

  /** The name of the setting, for the table or the like that the path {@code written} names. */
  String nameLike(List<String> written) {
    List<String> like = new ArrayList<>(path);
    int name = placeholder(path);
    if (name >= 0 && name < written.size()) {
      like.set(name, written.get(name));
    }
    return Name.dotted(like);
  }
}

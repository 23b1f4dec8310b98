package dev.orderwire.cli.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key of a setting, derived from the records of {@link Settings}.
 *
 * @param path the parts of the name; {@link #TABLE} stands for the name of a table
 * @param variables the environment variables of the setting; the last one overrides. Empty for a
 *     setting without a fixed name or without a single value
 */
record Key(List<String> path, String defaultValue, String description, List<String> variables) {
  private static final String TABLE = "TABLE";

  Key {
    path = List.copyOf(path);
    variables = List.copyOf(variables);
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
        boolean variable = !path.contains(TABLE) && (!named || group != null);
        keys.add(
            new Key(
                inner,
                setting.defaultValue(),
                setting.description(),
                variable ? Name.variables(inner) : List.of()));
      }
      if (group != null) {
        collect(group, named ? Name.child(inner, TABLE) : inner, keys);
      }
    }
  }

  /**
   * The record with the settings inside {@code component}: its type, or the type of a map's values;
   * null if it is a plain value.
   */
  static @Nullable Class<? extends Record> groupOf(RecordComponent component) {
    Class<?> type = component.getType();
    if (component.getGenericType() instanceof ParameterizedType generic
        && type == Map.class
        && generic.getActualTypeArguments()[1] instanceof Class<?> value) {
      type = value;
    }
    return type.isRecord() ? type.asSubclass(Record.class) : null;
  }

  String name() {
    return Name.dotted(path);
  }

  /** The name of the setting, for the table that the path {@code written} names. */
  String nameLike(List<String> written) {
    List<String> like = new ArrayList<>(path);
    int table = like.indexOf(TABLE);
    if (table >= 0 && table < written.size()) {
      like.set(table, written.get(table));
    }
    return Name.dotted(like);
  }
}

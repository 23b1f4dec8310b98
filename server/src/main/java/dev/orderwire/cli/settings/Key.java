package dev.orderwire.cli.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A setting that exists, found by walking the records of {@link Settings}.
 *
 * @param path the parts of its name; {@link #TABLE} stands for a table's name
 * @param fallback what holds where the user says nothing
 * @param says what it means
 * @param variables the environment variables that set it, the stronger one last; none where it has
 *     no fixed name or no single value
 */
record Key(List<String> path, String fallback, String says, List<String> variables) {
  private static final String TABLE = "TABLE";

  Key {
    path = List.copyOf(path);
    variables = List.copyOf(variables);
  }

  /** All of them, in the order of the reference. */
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
                setting.fallback(),
                setting.says(),
                variable ? Name.variables(inner) : List.of()));
      }
      if (group != null) {
        collect(group, named ? Name.child(inner, TABLE) : inner, keys);
      }
    }
  }

  /**
   * The record that holds settings of their own behind {@code component}: its type, or for a map
   * the type of its values; null where it is a plain value.
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

  /** Its name, with the table in it that {@code written} names. */
  String nameLike(List<String> written) {
    List<String> like = new ArrayList<>(path);
    int table = like.indexOf(TABLE);
    if (table >= 0 && table < written.size()) {
      like.set(table, written.get(table));
    }
    return Name.dotted(like);
  }
}

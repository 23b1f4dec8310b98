package dev.orderwire.cli.settings;

import dev.orderwire.change.Nearest;
import dev.orderwire.cli.settings.Given.Content;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of {@link Settings} out of paths and values. A value that cannot be used is
 * reported and counts as not given, so that the rest is looked at too.
 */
final class Binder {
  private final Map<List<String>, Given> given;
  private final Problems problems;
  private final Set<List<String>> used = new HashSet<>();

  Binder(Map<List<String>, Given> given, Problems problems) {
    this.given = given;
    this.problems = problems;
  }

  /** Binds all, and reports what belongs to nothing. */
  Settings bindAll() {
    Settings settings = bind(Settings.class, List.of());
    given.forEach((path, value) -> {
      if (!used.contains(path)) {
        problems.add(unknown(path, value));
      }
    });
    return settings;
  }

  private static String unknown(List<String> path, Given value) {
    String name = Name.dotted(path);
    List<String> known = Key.all().stream().map(key -> key.nameLike(path)).toList();
    List<String> inside = known.stream().filter(key -> key.startsWith(name + ".")).toList();
    String instead =
        inside.isEmpty() && !known.contains(name)
            ? "is no setting; did you mean %s?".formatted(Nearest.to(name, known))
            : "takes no value itself, but a map: of %s"
                .formatted(inside.isEmpty() ? "names to values" : String.join(", ", inside));
    return "%s (%s) %s".formatted(name, value.where(), instead);
  }

  private <R extends Record> R bind(Class<R> type, List<String> path) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(component ->
                value(component, Name.child(path, Name.ofComponent(component.getName()))))
            .toArray();
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }

  private Object value(RecordComponent component, List<String> path) {
    Class<? extends Record> group = Key.groupOf(component);
    if (group == null && component.getType() == Map.class) {
      return texts(path);
    }
    if (group == null) {
      return single(component, path);
    }
    if (component.getType() == Map.class) {
      Map<String, Record> named = new LinkedHashMap<>();
      names(component, path)
          .forEach(name -> named.put(name, bind(group, useEmpty(Name.child(path, name)))));
      return named;
    }
    return bind(group, useEmpty(path));
  }

  /** A group that was written without anything in it is not unknown. */
  private List<String> useEmpty(List<String> path) {
    Given value = given.get(path);
    if (value != null && value.content() instanceof Content.Nothing) {
      used.add(path);
    }
    return path;
  }

  /** The names that the user gave in a map; also a bare list of them will do. */
  private Set<String> names(RecordComponent component, List<String> path) {
    Set<String> names = new LinkedHashSet<>();
    Given list = use(path);
    if (list != null) {
      names.addAll(Values.list(list.content()));
    }
    for (List<String> inner : given.keySet()) {
      if (inner.size() > path.size() && inner.subList(0, path.size()).equals(path)) {
        names.add(inner.get(path.size()));
      }
    }
    return names.isEmpty() ? Set.of(setting(component).fallback()) : names;
  }

  private Map<String, String> texts(List<String> path) {
    useEmpty(path);
    Map<String, String> texts = new LinkedHashMap<>();
    given.forEach((inner, value) -> {
      if (inner.size() == path.size() + 1
          && inner.subList(0, path.size()).equals(path)
          && value.content() instanceof Content.Text(String text)) {
        used.add(inner);
        texts.put(inner.getLast(), text);
      }
    });
    return texts;
  }

  private Object single(RecordComponent component, List<String> path) {
    Setting setting = setting(component);
    Given value = use(path);
    if (value != null && !(value.content() instanceof Content.Nothing)) {
      try {
        return Values.convert(value.content(), component.getType(), setting);
      } catch (IllegalArgumentException e) {
        problems.add("%s (%s) %s".formatted(Name.dotted(path), value.where(), e.getMessage()));
      }
    }
    return Values.convert(new Content.Text(setting.fallback()), component.getType(), setting);
  }

  private @Nullable Given use(List<String> path) {
    used.add(path);
    return given.get(path);
  }

  private static Setting setting(RecordComponent component) {
    return Objects.requireNonNull(component.getAnnotation(Setting.class));
  }
}

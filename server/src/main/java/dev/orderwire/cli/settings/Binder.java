package dev.orderwire.cli.settings;

import dev.orderwire.change.Nearest;
import dev.orderwire.cli.settings.RawValue.Content;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Creates the records of {@link Settings} from paths and values. Reports an invalid value and uses
 * the default instead, so that the other values are checked too.
 */
final class Binder {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<List<String>, RawValue> values;
  private final Problems problems;
  private final Set<List<String>> used = new HashSet<>();

  Binder(Map<List<String>, RawValue> values, Problems problems) {
    this.values = new LinkedHashMap<>(values);
    this.problems = problems;
  }

  /** Binds all values, and reports those that belong to no setting. */
  Settings bindAll() {
    Settings settings = bind(Settings.class, List.of());
    values.forEach((path, value) -> {
      if (!used.contains(path)) {
        problems.add(unknown(path, value));
      }
    });
    return settings;
  }

  private static String unknown(List<String> path, RawValue value) {
    String name = Name.dotted(path);
    List<String> known = Key.all().stream().map(key -> key.nameLike(path)).toList();
    List<String> inside = known.stream().filter(key -> key.startsWith(name + ".")).toList();
    String problem;
    if (!inside.isEmpty()) {
      problem = "must be a map with " + String.join(", ", inside);
    } else if (known.contains(name)) {
      problem = "must be a map of names to values";
    } else {
      problem = "is not a setting; did you mean %s?".formatted(Nearest.to(name, known));
    }
    return "%s (%s) %s".formatted(name, value.origin(), problem);
  }

  private <R extends Record> R bind(Class<R> type, List<String> path) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] arguments =
        Arrays.stream(components)
            .map(component ->
                value(component, Name.child(path, Name.ofComponent(component.getName()))))
            .toArray();
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + type, e);
    }
  }

  private Object value(RecordComponent component, List<String> path) {
    Class<? extends Record> group = Key.groupOf(component);
    if (group == null && component.getType() == Map.class) {
      return Key.valueType(component) == JsonNode.class ? jsonMap(path) : textMap(path);
    }
    if (group == null) {
      return singleValue(component, path);
    }
    if (component.getType() == Map.class) {
      Map<String, Record> named = new LinkedHashMap<>();
      names(component, path)
          .forEach(name -> named.put(name, bind(group, takeEmpty(Name.child(path, name)))));
      return named;
    }
    takeUrl(group, path);
    return bind(group, takeEmpty(path));
  }

  /** A text in place of a group that has a {@code url} is the url. */
  private void takeUrl(Class<? extends Record> group, List<String> path) {
    RawValue value = values.get(path);
    List<String> url = Name.child(path, "url");
    if (value != null
        && value.content() instanceof Content.Text
        && !values.containsKey(url)
        && Arrays.stream(group.getRecordComponents())
            .anyMatch(component -> component.getName().equals("url"))) {
      used.add(path);
      values.put(url, value);
    }
  }

  /** A group that the user left empty is not an unknown setting. */
  private List<String> takeEmpty(List<String> path) {
    RawValue value = values.get(path);
    if (value != null && value.content() instanceof Content.Empty) {
      used.add(path);
    }
    return path;
  }

  /** The names in a map of the user's, or in a list of names without values. */
  private Set<String> names(RecordComponent component, List<String> path) {
    Set<String> names = new LinkedHashSet<>();
    RawValue list = take(path);
    if (list != null) {
      names.addAll(Values.list(list.content()));
    }
    for (List<String> inner : values.keySet()) {
      if (inner.size() > path.size() && Name.isWithin(path, inner)) {
        names.add(inner.get(path.size()));
      }
    }
    String defaultName = setting(component).defaultValue();
    return names.isEmpty() && !defaultName.isEmpty() ? Set.of(defaultName) : names;
  }

  private Map<String, String> textMap(List<String> path) {
    takeEmpty(path);
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((inner, value) -> {
      if (inner.size() == path.size() + 1
          && Name.isWithin(path, inner)
          && value.content() instanceof Content.Text(String text)) {
        used.add(inner);
        texts.put(inner.getLast(), text);
      }
    });
    return texts;
  }

  /** Texts, and lists of texts, as JSON. */
  private Map<String, JsonNode> jsonMap(List<String> path) {
    Map<String, JsonNode> nodes = new LinkedHashMap<>();
    textMap(path).forEach((name, text) -> nodes.put(name, JSON.stringNode(text)));
    values.forEach((inner, value) -> {
      if (inner.size() == path.size() + 1
          && Name.isWithin(path, inner)
          && value.content() instanceof Content.Items(List<String> texts)) {
        used.add(inner);
        nodes.put(
            inner.getLast(),
            JSON.arrayNode().addAll(texts.stream().map(JSON::stringNode).toList()));
      }
    });
    return nodes;
  }

  private Object singleValue(RecordComponent component, List<String> path) {
    Setting setting = setting(component);
    RawValue value = take(path);
    if (value != null && !(value.content() instanceof Content.Empty)) {
      try {
        return Values.convert(value.content(), component.getType(), setting);
      } catch (IllegalArgumentException e) {
        problems.add("%s (%s) %s".formatted(Name.dotted(path), value.origin(), e.getMessage()));
      }
    }
    return Values.convert(new Content.Text(setting.defaultValue()), component.getType(), setting);
  }

  private @Nullable RawValue take(List<String> path) {
    used.add(path);
    return values.get(path);
  }

  private static Setting setting(RecordComponent component) {
    return Objects.requireNonNull(component.getAnnotation(Setting.class));
  }
}

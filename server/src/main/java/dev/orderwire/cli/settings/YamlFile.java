package dev.orderwire.cli.settings;

import dev.orderwire.cli.settings.RawValue.Content;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads YAML into paths and values. Parses a stream of tokens, which have line numbers. */
final class YamlFile {
  private static final Set<List<String>> TREES = Key.trees();

  private final String name;
  private final JsonParser parser;
  private final Problems problems;
  private final Map<List<String>, RawValue> values = new LinkedHashMap<>();

  private YamlFile(String name, JsonParser parser, Problems problems) {
    this.name = name;
    this.parser = parser;
    this.problems = problems;
  }

  /**
   * @param name the file's name, for messages
   */
  static Map<List<String>, RawValue> read(String text, String name, Problems problems) {
    try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
      YamlFile file = new YamlFile(name, parser, problems);
      file.readAll();
      return file.values;
    } catch (JacksonException e) {
      problems.add(
          "%s line %d is not YAML: %s"
              .formatted(
                  name,
                  Math.max(1, e.getLocation().getLineNr()),
                  firstLine(e.getOriginalMessage())));
      return Map.of();
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private void readAll() {
    JsonToken first = parser.nextToken();
    if (first == JsonToken.START_OBJECT) {
      readMap(List.of());
    } else if (first != null && !isEmpty(first)) {
      problems.add(name + " must be a map of settings, such as 'server: {port: 8000}'");
    }
  }

  private void readMap(List<String> path) {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String origin = "%s line %d".formatted(name, parser.currentTokenLocation().getLineNr());
      // Only names at the top level are split at dots: a table's name may contain dots.
      List<String> inner = path.isEmpty() ? List.of(key.split("\\.", -1)) : Name.child(path, key);
      readValue(inner, origin);
    }
  }

  private void readValue(List<String> path, String origin) {
    JsonToken token = parser.nextToken();
    if (TREES.contains(path) && token.isStructStart()) {
      put(path, new RawValue(new Content.Tree(readTree(token, path, origin)), origin));
    } else if (token == JsonToken.START_OBJECT) {
      int before = values.size();
      readMap(path);
      if (values.size() == before) {
        put(path, new RawValue(new Content.Empty(), origin));
      }
    } else if (token == JsonToken.START_ARRAY) {
      put(path, new RawValue(readList(path, origin), origin));
    } else if (isEmpty(token)) {
      put(path, new RawValue(new Content.Empty(), origin));
    } else {
      put(path, RawValue.text(parser.getString(), origin));
    }
  }

  private JsonNode readTree(JsonToken token, List<String> path, String origin) {
    return switch (token) {
      case START_OBJECT -> {
        ObjectNode map = JsonMapper.shared().createObjectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          if (map.has(key)) {
            problems.add("%s (%s) has %s twice".formatted(Name.dotted(path), origin, key));
          }
          map.set(key, readTree(parser.nextToken(), Name.child(path, key), origin));
        }
        yield map;
      }
      case START_ARRAY -> {
        ArrayNode list = JsonMapper.shared().createArrayNode();
        for (JsonToken item = parser.nextToken();
            item != JsonToken.END_ARRAY;
            item = parser.nextToken()) {
          list.add(readTree(item, path, origin));
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(parser.getDecimalValue());
      case VALUE_TRUE -> BooleanNode.TRUE;
      case VALUE_FALSE -> BooleanNode.FALSE;
      case VALUE_NULL -> NullNode.instance;
      default -> StringNode.valueOf(parser.getString());
    };
  }

  private Content readList(List<String> path, String origin) {
    List<String> texts = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token.isStructStart()) {
        problems.add("%s (%s) must be a list of plain values".formatted(Name.dotted(path), origin));
        parser.skipChildren();
      } else {
        texts.add(parser.getString());
      }
    }
    return new Content.Items(texts);
  }

  private boolean isEmpty(JsonToken token) {
    return token == JsonToken.VALUE_NULL
        || (token == JsonToken.VALUE_STRING && parser.getString().isEmpty());
  }

  private void put(List<String> path, RawValue value) {
    RawValue other = values.put(path, value);
    if (other != null) {
      problems.add(
          "%s is set twice: %s and %s"
              .formatted(Name.dotted(path), other.origin(), value.origin()));
    }
  }
}

package dev.orderwire.cli.settings;

import dev.orderwire.cli.settings.Given.Content;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads YAML into paths and values. Read as a stream, since that knows each key's line. */
final class YamlFile {
  private final String name;
  private final JsonParser parser;
  private final Problems problems;
  private final Map<List<String>, Given> values = new LinkedHashMap<>();

  private YamlFile(String name, JsonParser parser, Problems problems) {
    this.name = name;
    this.parser = parser;
    this.problems = problems;
  }

  /**
   * @param name the file's, for messages
   */
  static Map<List<String>, Given> read(String text, String name, Problems problems) {
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
    } else if (first != null && !isNothing(first)) {
      problems.add(name + " must be a map of settings, such as 'server: {port: 8000}'");
    }
  }

  private void readMap(List<String> path) {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String where = "%s line %d".formatted(name, parser.currentTokenLocation().getLineNr());
      // At the top, server.port is the same as port in server. A table's name may have dots too.
      List<String> inner = path.isEmpty() ? List.of(key.split("\\.", -1)) : Name.child(path, key);
      readValue(inner, where);
    }
  }

  private void readValue(List<String> path, String where) {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.START_OBJECT) {
      int before = values.size();
      readMap(path);
      if (values.size() == before) {
        put(path, new Given(new Content.Nothing(), where));
      }
    } else if (token == JsonToken.START_ARRAY) {
      put(path, new Given(readList(path, where), where));
    } else if (isNothing(token)) {
      put(path, new Given(new Content.Nothing(), where));
    } else {
      put(path, Given.text(parser.getString(), where));
    }
  }

  private Content readList(List<String> path, String where) {
    List<String> texts = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token.isStructStart()) {
        problems.add("%s (%s) must be a list of plain values".formatted(Name.dotted(path), where));
        parser.skipChildren();
      } else {
        texts.add(parser.getString());
      }
    }
    return new Content.Items(texts);
  }

  private boolean isNothing(JsonToken token) {
    return token == JsonToken.VALUE_NULL
        || (token == JsonToken.VALUE_STRING && parser.getString().isEmpty());
  }

  private void put(List<String> path, Given value) {
    Given other = values.put(path, value);
    if (other != null) {
      problems.add(
          "%s is set twice: %s and %s".formatted(Name.dotted(path), other.where(), value.where()));
    }
  }
}

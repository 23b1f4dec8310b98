package dev.orderwire.changelog;

import dev.orderwire.change.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Cuts the JSON object of a row into its cells, each the very text that MySQL wrote: nothing is
 * decoded and encoded again, so no digit, escape or order inside a nested document can change.
 */
final class RowJson {
  /** What MySQL could store, it may send: its own limits (max_allowed_packet) are the bound. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private RowJson() {}

  /**
   * The row that {@code json} holds.
   *
   * @param json an object as MySQL prints it, its members in MySQL's order (by length of the name)
   * @param columns the order that the cells get; members that are none of them follow at the end
   */
  static Row parse(String json, List<String> columns) {
    Map<String, String> found = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("a row is a JSON object, not: " + beginning(json));
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        found.put(name, json.substring(startOfNextValue(parser), endOfValue(parser)));
      }
    }
    Map<String, String> cells = LinkedHashMap.newLinkedHashMap(found.size());
    for (String column : columns) {
      @Nullable String cell = found.remove(column);
      if (cell != null) {
        cells.put(column, cell);
      }
    }
    cells.putAll(found);
    return new Row(cells);
  }

  private static int startOfNextValue(JsonParser parser) {
    parser.nextToken();
    return (int) parser.currentTokenLocation().getCharOffset();
  }

  private static int endOfValue(JsonParser parser) {
    parser.skipChildren();
    parser.finishToken();
    return (int) parser.currentLocation().getCharOffset();
  }

  private static String beginning(String json) {
    return json.length() <= 80 ? json : json.substring(0, 80) + "…";
  }
}

package dev.orderwire.changelog.row;

import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Row;
import dev.orderwire.mysql.MysqlJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Splits the JSON object of a row into cells that keep MySQL's text. Nothing is decoded and encoded
 * again, so no digit, escape or order inside a nested document changes. Safe for any number of
 * threads.
 */
public final class RowJson {
  private final ColumnNames columns;
  private final TextCache texts;

  /**
   * @param columns the order of the cells; members with other names follow at the end
   */
  public RowJson(List<String> columns) {
    this(columns, new TextCache());
  }

  /** Shares the texts of its rows through {@code texts}. */
  RowJson(List<String> columns, TextCache texts) {
    this.columns = ColumnNames.of(columns);
    this.texts = texts;
  }

  /**
   * Parses a row.
   *
   * @param json an object as MySQL prints it, with the members in MySQL's order
   */
  public Row parse(String json) {
    @Nullable String[] cells = new String[columns.count()];
    Map<String, String> others = Map.of();
    try (JsonParser parser = MysqlJson.FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("expected a JSON object, found: " + beginning(json));
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        String text = texts.of(json, startOfNextValue(parser), endOfValue(parser));
        int place = columns.indexOf(name);
        if (place >= 0) {
          cells[place] = text;
        } else {
          others = others.isEmpty() ? new LinkedHashMap<>() : others;
          others.put(name, text);
        }
      }
    }
    List<@Nullable String> known = Arrays.asList(cells);
    return others.isEmpty() ? Row.of(columns, known) : withOthers(known, others);
  }

  /** A row from before the table was altered. */
  private Row withOthers(List<@Nullable String> known, Map<String, String> others) {
    List<String> names = new ArrayList<>();
    for (int place = 0; place < columns.count(); place++) {
      names.add(columns.get(place));
    }
    names.addAll(others.keySet());
    List<@Nullable String> cells = new ArrayList<>(known);
    cells.addAll(others.values());
    return Row.of(ColumnNames.of(names), cells);
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

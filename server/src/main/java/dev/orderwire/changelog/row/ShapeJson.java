package dev.orderwire.changelog.row;

import dev.orderwire.change.Column;
import dev.orderwire.change.Table;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The shape of a table as JSON, as reset rows and the state of a table store it. */
public final class ShapeJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ShapeJson() {}

  public static ObjectNode json(Table table) {
    ObjectNode shape = JSON.createObjectNode();
    var key = shape.putArray("key");
    table.key().forEach(key::add);
    var columns = shape.putArray("columns");
    table
        .columns()
        .forEach(column ->
            columns
                .addObject()
                .put("name", column.name())
                .put("type", column.type())
                .put("dataType", column.dataType())
                .put("characterSet", column.characterSet()));
    return shape;
  }

  /**
   * The table whose shape {@link #json} returned.
   *
   * @throws IllegalArgumentException if the text is not valid JSON
   */
  public static Table table(String name, String json) {
    try {
      JsonNode shape = JSON.readTree(json);
      List<Column> columns = new ArrayList<>();
      for (JsonNode column : shape.path("columns")) {
        columns.add(
            new Column(
                column.path("name").asString(),
                column.path("type").asString(),
                column.path("dataType").asString(),
                column.path("characterSet").asString("")));
      }
      List<String> key = new ArrayList<>();
      shape.path("key").forEach(column -> key.add(column.asString()));
      return new Table(name, columns, key);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "expected the shape of a table as JSON, found: " + json, e);
    }
  }
}

package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.view.View;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Keys in URLs: JSON objects with the columns of the key, as answers of the API have them. */
final class KeyParameter {
  private KeyParameter() {}

  /**
   * Reads a key.
   *
   * @param name of the parameter
   * @param view whose key it is
   * @throws OrderwireException {@code bad_json}; {@code bad_key} if it has other columns
   */
  static Key read(String name, View view, String text) {
    JsonNode given = Json.read(name, text);
    Map<String, String> cells = new LinkedHashMap<>();
    for (String column : view.key()) {
      JsonNode value = given.get(column);
      if (value == null || value.isContainer() || value.isNull()) {
        throw bad(name, view, text);
      }
      cells.put(column, value.toString());
    }
    if (given.size() != cells.size()) {
      throw bad(name, view, text);
    }
    return new Key(Row.of(cells));
  }

  static OrderwireException bad(String name, View view, String text) {
    return new OrderwireException(
        ErrorCode.BAD_KEY,
        "%s must be a JSON object with a value for each of %s, as answers have it, not %s"
            .formatted(name, view.key(), text));
  }
}

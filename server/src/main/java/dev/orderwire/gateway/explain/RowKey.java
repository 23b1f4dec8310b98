package dev.orderwire.gateway.explain;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.view.View;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key that a client asks for.
 *
 * @param shown as the client knows it
 * @param wanted tells the key of the row from others
 * @param known the key of the row; null if the client knows only what replaces it
 */
public record RowKey(Key shown, Predicate<Key> wanted, @Nullable Key known) {
  /** More digits than a number in MySQL has, on either side of the point. */
  private static final int MOST_DIGITS = 400;

  /**
   * The key in a view of the client that asks.
   *
   * @param key with a value for each of the columns of the view's key
   * @throws OrderwireException {@code bad_key} if the values do not fit the columns
   */
  public static RowKey of(View asker, Key key) {
    if (!asker.key().equals(asker.table().key())) {
      // Never by the key itself: the ids of the row's changes would tell what it is replaced by.
      return new RowKey(key, each -> asker.shown(each).equals(key), null);
    }
    ObjectNode values = JsonMapper.shared().createObjectNode();
    Map<String, String> cells = new LinkedHashMap<>();
    key.columns()
        .forEach((column, json) -> {
          JsonNode value = read(json);
          values.set(column, value);
          cells.put(column, plain(column, value, json));
        });
    View row = only(asker.table(), values);
    return new RowKey(key, each -> row.matches(each.columns()), new Key(Row.of(cells)));
  }

  private static JsonNode read(String json) {
    return Json.read("key", json);
  }

  private static View only(Table table, JsonNode values) {
    try {
      return View.of(table, values, null);
    } catch (OrderwireException e) {
      throw new OrderwireException(
          ErrorCode.BAD_KEY,
          "not a key of table \"%s\": %s".formatted(table.name(), e.getMessage()),
          e);
    }
  }

  /** A number without exponent, which MySQL does not read in a text. */
  private static String plain(String column, JsonNode value, String json) {
    if (!value.isNumber()) {
      return json;
    }
    BigDecimal number = value.decimalValue();
    if (Math.abs((long) number.scale()) + number.precision() > MOST_DIGITS) {
      throw new OrderwireException(
          ErrorCode.BAD_KEY,
          "not a key of the table: the number of %s has too many digits".formatted(column));
    }
    return number.toPlainString();
  }
}

package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What a client sees instead of the values of a column. NULL stays NULL. */
sealed interface Mask {
  /** The mask in the settings. */
  JsonNode setting();

  /**
   * The text that stands for a value.
   *
   * @param column the column as it is, which formats its values as JSON
   * @param json the value as {@link Column} formats it
   */
  String text(Seal seal, String table, Column column, String json);

  /** Whether a text can be one that this mask makes. */
  boolean fits(String text);

  /** What a client sees of a value that {@link Column} formatted; null for NULL. */
  default @Nullable String apply(Seal seal, String table, Column column, String json) {
    return json.equals("null") ? null : text(seal, table, column, json);
  }

  /** A text by which equal values of a column can be told from others. */
  record Hash() implements Mask {
    @Override
    public JsonNode setting() {
      return StringNode.valueOf("hash");
    }

    @Override
    public String text(Seal seal, String table, Column column, String json) {
      return seal.of("value", table, column.name(), json);
    }

    @Override
    public boolean fits(String text) {
      return text.matches("[A-Za-z0-9_-]{22}");
    }
  }

  /** The last characters of a value that has more than these. */
  record KeepLast(int count) implements Mask {
    private static final String HIDDEN = "***";

    @Override
    public JsonNode setting() {
      return Json.object().put("keep-last", count);
    }

    @Override
    public String text(Seal seal, String table, Column column, String json) {
      String value = json.startsWith("\"") ? Json.parse(json).stringValue() : json;
      int length = value.codePointCount(0, value.length());
      return length <= count
          ? HIDDEN
          : HIDDEN + value.substring(value.offsetByCodePoints(0, length - count));
    }

    @Override
    public boolean fits(String text) {
      int shown = text.codePointCount(0, text.length()) - HIDDEN.length();
      return text.startsWith(HIDDEN) && (shown == 0 || shown == count);
    }
  }
}

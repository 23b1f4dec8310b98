package dev.orderwire.cli.settings;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A value of a setting as the user wrote it.
 *
 * @param origin for messages: {@code orderwire.yaml line 3}, {@code environment variable X}
 */
record RawValue(Content content, String origin) {
  sealed interface Content {
    record Text(String text) implements Content {}

    record Items(List<String> texts) implements Content {
      public Items {
        texts = List.copyOf(texts);
      }
    }

    /** Any value, with all that is inside it. */
    record Tree(JsonNode json) implements Content {}

    /** A key without a value, or with an empty map. */
    record Empty() implements Content {}
  }

  static RawValue text(String text, String origin) {
    return new RawValue(new Content.Text(text), origin);
  }
}

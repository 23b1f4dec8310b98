package dev.orderwire.cli.settings;

import java.util.List;

/**
 * A value as the user wrote it.
 *
 * @param content what was written
 * @param where for messages: {@code orderwire.yaml line 3}, {@code environment variable X}
 */
record Given(Content content, String where) {
  sealed interface Content {
    record Text(String text) implements Content {}

    record Items(List<String> texts) implements Content {
      public Items {
        texts = List.copyOf(texts);
      }
    }

    /** A key without a value, or with an empty map. */
    record Nothing() implements Content {}
  }

  static Given text(String text, String where) {
    return new Given(new Content.Text(text), where);
  }
}

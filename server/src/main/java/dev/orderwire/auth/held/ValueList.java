package dev.orderwire.auth.held;

import dev.orderwire.auth.policy.LookupValues;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The values of a set, each once and in a fixed order. The list that stands for them in a condition
 * is made when somebody first needs it. Safe for any number of threads.
 */
final class ValueList {
  private final List<String> texts;
  private @Nullable JsonNode json;

  /**
   * @param texts the values as JSON
   */
  ValueList(NavigableSet<String> texts) {
    this.texts = List.copyOf(texts);
  }

  synchronized JsonNode json() {
    if (json == null) {
      json = LookupValues.of(texts.stream());
    }
    return json;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ValueList list && texts.equals(list.texts);
  }

  @Override
  public int hashCode() {
    return texts.hashCode();
  }
}

package dev.orderwire.judge.client;

import dev.orderwire.change.Position;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A position as a server sent it. Clients send the text back unchanged.
 *
 * @param covered the changes that it covers
 */
public record ReceivedPosition(String text, Position covered) {
  public static ReceivedPosition of(String text) {
    return new ReceivedPosition(text, Position.parse(withoutMark(text)));
  }

  /** Positions of clients with a role end with a mark of their rights. */
  private static String withoutMark(String text) {
    int mark = text.indexOf('@');
    return mark < 0 ? text : text.substring(0, mark);
  }

  public boolean covers(long id) {
    return covered.covers(id);
  }

  /**
   * The id of the first of these changes that the position does not cover, if its text had room for
   * all; otherwise null.
   */
  @Nullable String uncovered(JsonNode changes) {
    if (isAbridged()) {
      return null;
    }
    for (JsonNode change : changes) {
      JsonNode id = change.path("id");
      if (!id.isNull() && !covers(id.asLong())) {
        return id.toString();
      }
    }
    return null;
  }

  /** The epoch of the change log that the position belongs to. */
  public String epoch() {
    return covered.epoch();
  }

  /** The mark of the client's rights; empty where positions have none. */
  String mark() {
    return text.substring(withoutMark(text).length());
  }

  /** Whether the position covers less than the server had sent, because its text is limited. */
  public boolean isAbridged() {
    return Position.isAbridged(withoutMark(text));
  }

  @Override
  public String toString() {
    return text;
  }
}

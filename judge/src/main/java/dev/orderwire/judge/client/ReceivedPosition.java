package dev.orderwire.judge.client;

import dev.orderwire.change.Position;

/**
 * A position as a server sent it. Clients send the text back unchanged.
 *
 * @param covered the changes that it covers
 */
public record ReceivedPosition(String text, Position covered) {
  static ReceivedPosition of(String text) {
    return new ReceivedPosition(text, Position.parse(text));
  }

  public boolean covers(long id) {
    return covered.covers(id);
  }

  /** The epoch of the change log that the position belongs to. */
  String epoch() {
    return covered.epoch();
  }

  /** Whether the position covers less than the server had sent, because its text is limited. */
  boolean isAbridged() {
    return Position.isAbridged(text);
  }

  @Override
  public String toString() {
    return text;
  }
}

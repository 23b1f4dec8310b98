package dev.orderwire.judge;

import dev.orderwire.change.Position;

/**
 * A position as a server gave it, to be given back as it was.
 *
 * @param seen what it covers
 */
record Mark(String text, Position seen) {
  static Mark of(String text) {
    return new Mark(text, Position.parse(text));
  }

  boolean covers(long id) {
    return seen.covers(id);
  }

  /** Which change log it is of. */
  String epoch() {
    return seen.epoch();
  }

  /** Whether it stands for less than the server knew. */
  boolean isAbridged() {
    return Position.isAbridged(text);
  }

  @Override
  public String toString() {
    return text;
  }
}

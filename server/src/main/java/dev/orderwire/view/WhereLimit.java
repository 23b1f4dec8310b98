package dev.orderwire.view;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;

/** How much a {@code where} may ask for: all that bounds the memory and the time of a view. */
public enum WhereLimit {
  LENGTH(100_000, "characters of JSON"),
  DEPTH(10, "levels of and, or and not"),
  TERMS(100, "conditions, each and, or and not counted too"),
  VALUES(1_000, "values in all its conditions together"),
  TEXT(1_000, "characters in one value");

  private final int most;
  private final String sentence;

  WhereLimit(int most, String sentence) {
    this.most = most;
    this.sentence = sentence;
  }

  public int most() {
    return most;
  }

  /**
   * @throws OrderwireException with {@code bad_where} where {@code found} is over the limit
   */
  void check(int found) {
    if (found > most) {
      throw new OrderwireException(
          ErrorCode.BAD_WHERE,
          "a where has at most %d %s, this one has more; ask for less, or subscribe to several views"
              .formatted(most, sentence));
    }
  }
}

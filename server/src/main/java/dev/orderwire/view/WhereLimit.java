package dev.orderwire.view;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;

/** The limits of a {@code where}: they bound the memory and the time that a view takes. */
enum WhereLimit {
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

  int most() {
    return most;
  }

  /**
   * @throws OrderwireException {@code bad_where} if {@code found} is over the limit
   */
  void check(int found) {
    if (found > most) {
      throw new OrderwireException(
          ErrorCode.BAD_WHERE,
          "a where has at most %d %s, and this one has more: shorten it, or subscribe to several views"
              .formatted(most, sentence));
    }
  }
}

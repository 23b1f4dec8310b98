package dev.orderwire.view;

/** The limits of a {@code where}: they bound the memory and the time that a view takes. */
public enum WhereLimit {
  LEVELS(10, "levels of and, or and not"),
  CONDITIONS(100, "conditions, each and, or and not counted too"),
  VALUES(1_000, "values in all its conditions together"),
  CHARACTERS(1_000, "characters in one value");

  private final int number;
  private final String sentence;

  WhereLimit(int number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  /** The default. */
  public int number() {
    return number;
  }

  /** What the number limits: "characters in one value". */
  public String sentence() {
    return sentence;
  }
}

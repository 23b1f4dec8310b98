package dev.orderwire.change;

/** What happened to a row. */
public enum Op {
  INSERT("insert"),
  UPDATE("update"),
  DELETE("delete");

  private final String text;

  Op(String text) {
    this.text = text;
  }

  /** The word in the change log and on the wire. */
  public String text() {
    return text;
  }

  /**
   * The operation of this word.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Op of(String text) {
    for (Op op : values()) {
      if (op.text.equals(text)) {
        return op;
      }
    }
    throw new IllegalArgumentException(
        "an op must be insert, update or delete, not '" + text + "'");
  }
}

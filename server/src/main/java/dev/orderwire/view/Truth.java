package dev.orderwire.view;

/** The truth values of SQL's three-valued logic, from the least true to the most. */
enum Truth {
  FALSE,
  /** The result of a comparison with NULL. */
  UNKNOWN,
  TRUE;

  static Truth of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  Truth and(Truth other) {
    return compareTo(other) <= 0 ? this : other;
  }

  Truth or(Truth other) {
    return compareTo(other) >= 0 ? this : other;
  }

  Truth not() {
    return switch (this) {
      case FALSE -> TRUE;
      case UNKNOWN -> UNKNOWN;
      case TRUE -> FALSE;
    };
  }
}

package dev.orderwire.view;

/** The three values of SQL's logic, from the least true to the most. */
enum Truth {
  FALSE,
  /** What a comparison with NULL gives. */
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

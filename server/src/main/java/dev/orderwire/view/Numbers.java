package dev.orderwire.view;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Reads numbers exactly; null for text that is not a number. */
final class Numbers {
  private Numbers() {}

  static Value.@Nullable Exact exact(String text) {
    // BigDecimal would accept the digits of every script.
    if (text.chars().anyMatch(c -> c > 'e')) {
      return null;
    }
    try {
      return new Value.Exact(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return null;
    } catch (ArithmeticException e) {
      return null; // an exponent of ten digits
    }
  }

  static Value.@Nullable Exact flag(String text) {
    return switch (text) {
      case "true" -> new Value.Exact(BigDecimal.ONE);
      case "false" -> new Value.Exact(BigDecimal.ZERO);
      default -> exact(text);
    };
  }

  /** The nearest FLOAT, so that 0.1 finds what was stored as 0.1. */
  static Value.@Nullable Exact ofFloat(String text) {
    return exact(text) == null ? null : binary(Float.parseFloat(text));
  }

  /** The nearest DOUBLE. */
  static Value.@Nullable Exact ofDouble(String text) {
    return exact(text) == null ? null : binary(Double.parseDouble(text));
  }

  private static Value.@Nullable Exact binary(double number) {
    return Double.isFinite(number) ? new Value.Exact(new BigDecimal(number)) : null;
  }
}

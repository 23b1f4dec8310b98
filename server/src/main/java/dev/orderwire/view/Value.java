package dev.orderwire.view;

import java.math.BigDecimal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A value other than NULL, in the form in which it is compared: equal values have equal forms,
 * however they were written.
 */
sealed interface Value extends Comparable<Value> {

  /** A number, or a date or time as the number of its digits. */
  record Exact(BigDecimal number) implements Value {
    public Exact {
      number = number.stripTrailingZeros();
    }

    @Override
    public String toString() {
      return number.toString();
    }
  }

  /** Text, or a value that is compared like text. */
  record Text(String text) implements Value {
    /** Bytes, as their base64 text without line breaks; null if the text is not base64. */
    static @Nullable Text ofBase64(String text) {
      try {
        byte[] bytes = Base64.getDecoder().decode(text.replace("\n", ""));
        return new Text(Base64.getEncoder().encodeToString(bytes));
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    @Override
    public String toString() {
      return quoted(text);
    }
  }

  /** In quotes, and different for different texts. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  default int compareTo(Value other) {
    return switch (this) {
      case Exact(BigDecimal number) ->
          other instanceof Exact(BigDecimal others) ? number.compareTo(others) : -1;
      case Text(String text) -> other instanceof Text(String others) ? compare(text, others) : 1;
    };
  }

  /**
   * By code points, as MySQL's binary collations order text. {@link String#compareTo} compares
   * UTF-16 units, and so puts U+1F600 before U+FF61.
   */
  private static int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char l = left.charAt(i);
      char r = right.charAt(i);
      if (l != r) {
        boolean beyond = Character.isSurrogate(l);
        return beyond == Character.isSurrogate(r) ? l - r : beyond ? 1 : -1;
      }
    }
    return left.length() - right.length();
  }
}

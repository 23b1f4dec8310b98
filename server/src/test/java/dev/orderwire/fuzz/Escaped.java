package dev.orderwire.fuzz;

import java.io.ByteArrayOutputStream;

/**
 * Bytes as a line of text: printable ASCII as it is, a line feed as {@code \\n}, a backslash as
 * two, and any other byte as {@code \\x} and two hexadecimal digits.
 */
final class Escaped {
  private Escaped() {}

  static String of(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      switch (each) {
        case '\n' -> text.append("\\n");
        case '\\' -> text.append("\\\\");
        default -> {
          if (each >= ' ' && each < 127) {
            text.append((char) each);
          } else {
            text.append("\\x%02x".formatted(each & 0xff));
          }
        }
      }
    }
    return text.toString();
  }

  static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 126) {
        throw new IllegalArgumentException("write it as \\x and two digits: " + c);
      }
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      char escape = text.charAt(++i);
      switch (escape) {
        case 'n' -> bytes.write('\n');
        case 'x' -> {
          bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        case '\\' -> bytes.write('\\');
        default -> throw new IllegalArgumentException("unknown escape: " + escape);
      }
    }
    return bytes.toByteArray();
  }
}

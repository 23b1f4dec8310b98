package dev.orderwire.gateway.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the headers in which proxies name their clients, the nearest proxy last. */
final class Forwarded {
  private Forwarded() {}

  /** The items of headers with items separated by commas. */
  static List<String> hops(List<String> headers) {
    return headers.stream()
        .flatMap(header -> Arrays.stream(header.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  /**
   * The values of a parameter in each element of the header {@code Forwarded} (RFC 7239, section
   * 4); empty text for an element without it, or whose quotes do not match.
   */
  static List<String> parameters(List<String> headers, String name) {
    List<String> values = new ArrayList<>();
    for (String element : headers.stream().flatMap(each -> split(each, ',').stream()).toList()) {
      String value = "";
      for (String pair : split(element, ';')) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
          value = unquoted(pair.substring(equals + 1).strip());
        }
      }
      values.add(value);
    }
    return values;
  }

  /**
   * Splits where a separator stands outside of quotes. Quotes are paired from the end, so that what
   * a proxy appends reads the same whatever its client has written before it. A beginning whose
   * quotes have no pair becomes empty text.
   */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int end = text.length();
    boolean quoted = false;
    for (int i = text.length() - 1; i >= 0; i--) {
      char each = text.charAt(i);
      if (each == '"') {
        quoted = !quoted || isEscaped(text, i);
      } else if (each == separator && !quoted) {
        parts.add(text.substring(i + 1, end));
        end = i;
      }
    }
    parts.add(quoted ? "" : text.substring(0, end));
    return parts.reversed();
  }

  /** Whether an odd number of backslashes stands before a character. */
  private static boolean isEscaped(String text, int at) {
    int first = at;
    while (first > 0 && text.charAt(first - 1) == '\\') {
      first--;
    }
    return (at - first) % 2 == 1;
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1).replace("\\", "")
        : value;
  }

  /**
   * The address of a node, with or without a port: {@code 192.0.2.7}, {@code 192.0.2.7:4711},
   * {@code 2001:db8::1}, {@code [2001:db8::1]:4711}. Null for anything else, such as {@code
   * unknown}.
   */
  static @Nullable InetAddress address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? null : AddressRange.address(node.substring(1, end));
    }
    int colon = node.indexOf(':');
    boolean withPort = colon > 0 && node.indexOf(':', colon + 1) < 0;
    return AddressRange.address(withPort ? node.substring(0, colon) : node);
  }
}

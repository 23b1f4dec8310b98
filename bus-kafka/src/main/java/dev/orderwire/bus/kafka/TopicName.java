package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The names of the topics of tables. Kafka allows fewer characters than MySQL, and takes {@code .}
 * and {@code _} for the same in its metrics.
 */
final class TopicName {
  private TopicName() {}

  /** {@code PREFIX.TABLE}; bytes other than of A-Z a-z 0-9 _ as - and two digits. */
  static String of(String prefix, String table) {
    StringBuilder name = new StringBuilder(prefix).append('.');
    for (byte each : table.getBytes(UTF_8)) {
      boolean isPlain =
          (each >= 'A' && each <= 'Z')
              || (each >= 'a' && each <= 'z')
              || (each >= '0' && each <= '9')
              || each == '_';
      if (isPlain) {
        name.append((char) each);
      } else {
        name.append("-%02x".formatted(each));
      }
    }
    return name.toString();
  }

  /** The topic of the positions; no table's, as those have a dot behind the prefix. */
  static String ofPositions(String prefix) {
    return prefix + "-positions";
  }
}

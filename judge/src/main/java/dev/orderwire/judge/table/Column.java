package dev.orderwire.judge.table;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A column. It formats values of messages and values of queries alike, so that they can be
 * compared; it follows docs/reference/encoding.md and shares no code with the server.
 *
 * @param type the MySQL type, such as {@code decimal(10,2)}
 */
public record Column(String name, String type) {
  private enum Kind {
    NUMBER,
    REAL,
    TIMESTAMP,
    DATETIME,
    BYTES,
    JSON,
    TEXT
  }

  private Kind kind() {
    return switch (type.replaceFirst("[( ].*", "").toLowerCase(Locale.ROOT)) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "year" -> Kind.NUMBER;
      case "float", "double" -> Kind.REAL;
      case "timestamp" -> Kind.TIMESTAMP;
      case "datetime" -> Kind.DATETIME;
      case "binary", "varbinary", "blob" -> Kind.BYTES;
      case "json" -> Kind.JSON;
      default -> Kind.TEXT;
    };
  }

  /** Formats a value of a message or of the change log. */
  public String of(@Nullable JsonNode value) {
    if (value == null) {
      return "absent";
    }
    if (value.isNull()) {
      return "null";
    }
    return switch (kind()) {
      case NUMBER -> value.isNumber() ? value.asString() : "not a number: " + value;
      case REAL -> value.isNumber() ? real(value.asString()) : "not a number: " + value;
      case JSON -> tree(value);
      case TIMESTAMP, DATETIME, BYTES, TEXT ->
          value.isString() ? quoted(value.stringValue()) : "not a string: " + value;
    };
  }

  /** The expression to select for {@link #ofSql}, in a session whose time zone is UTC. */
  public String selectExpression() {
    String quoted = "`" + name + "`";
    return kind() == Kind.BYTES ? quoted : "CAST(" + quoted + " AS CHAR)";
  }

  /** Formats a value that {@link #selectExpression} selected. */
  public String ofSql(byte @Nullable [] value) {
    if (value == null) {
      return "null";
    }
    if (kind() == Kind.BYTES) {
      return quoted(Base64.getEncoder().encodeToString(value));
    }
    String text = new String(value, StandardCharsets.UTF_8);
    return switch (kind()) {
      case NUMBER -> text;
      case REAL -> real(text);
      case JSON -> tree(Json.parse(text));
      case TIMESTAMP -> quoted(withMicros(text).replace(' ', 'T') + "Z");
      case DATETIME -> quoted(text.replace(' ', 'T'));
      case BYTES, TEXT -> quoted(text);
    };
  }

  private static String withMicros(String time) {
    String point = time.indexOf('.') < 0 ? time + "." : time;
    return point + "0".repeat("2026-11-22 10:00:00.123456".length() - point.length());
  }

  private static String real(String digits) {
    return Double.toString(Double.parseDouble(digits));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String tree(JsonNode value) {
    if (value.isObject()) {
      TreeMap<String, String> members = new TreeMap<>();
      value.properties().forEach(each -> members.put(quoted(each.getKey()), tree(each.getValue())));
      return members.toString();
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(Column::tree)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return value.isString()
        ? quoted(value.stringValue())
        : value.isNumber() ? real(value.asString()) : value.asString();
  }
}

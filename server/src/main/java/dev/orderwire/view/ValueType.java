package dev.orderwire.view;

import dev.orderwire.change.Column;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a column are read and compared. Values of a {@code where} are read exactly as
 * cells are, so the two always agree.
 */
enum ValueType {
  NUMBER("a number (its digits may stand in quotes)", true),
  /** MySQL's BOOLEAN is {@code tinyint(1)}. */
  FLAG("true, false or a number", true),
  FLOAT("a number that a float can hold", true),
  DOUBLE("a number that a double can hold", true),
  /** By code points: case, accents and trailing spaces count, whatever the collation. */
  TEXT("text", true),
  DATE("a date such as \"2026-11-22\"", true),
  DATETIME("a date and time without an offset, such as \"2026-11-22T10:00:00.5\"", true),
  TIMESTAMP(
      "a date and time such as \"2026-11-22T10:00:00.5Z\" or \"2026-11-22T12:00:00.5+02:00\"",
      true),
  TIME("a time such as \"10:00:00.5\", up to 838:59:59", true),
  BYTES("bytes as base64 text", false),
  /** JSON and GeoJSON: numbers are compared by value, objects without the order of their keys. */
  DOCUMENT("JSON", false);

  private final String expected;
  private final boolean ordered;

  ValueType(String expected, boolean ordered) {
    this.expected = expected;
    this.ordered = ordered;
  }

  static ValueType of(Column column) {
    return switch (column.dataType()) {
      case "tinyint", "bit" -> column.type().matches("(tinyint|bit)\\(1\\).*") ? FLAG : NUMBER;
      case "smallint", "mediumint", "int", "bigint", "decimal", "year" -> NUMBER;
      case "float" -> FLOAT;
      case "double" -> DOUBLE;
      case "date" -> DATE;
      case "datetime" -> DATETIME;
      case "timestamp" -> TIMESTAMP;
      case "time" -> TIME;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BYTES;
      case "json",
          "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geomcollection",
          "geometrycollection" ->
          DOCUMENT;
      default -> TEXT;
    };
  }

  /** What a value must be, for error messages. */
  String expected() {
    return expected;
  }

  /** Whether values have an order, or can only be equal or not. */
  boolean isOrdered() {
    return ordered;
  }

  /** The value of a JSON text; null if it is not a value of this type. */
  @Nullable Value read(String json) {
    boolean quoted = json.startsWith("\"");
    String text = quoted ? Json.unquoted(json) : json;
    return switch (this) {
      case NUMBER -> Numbers.exact(text);
      case FLAG -> Numbers.flag(text);
      case FLOAT -> Numbers.ofFloat(text);
      case DOUBLE -> Numbers.ofDouble(text);
      case TEXT -> quoted ? new Value.Text(text) : null;
      case DATE -> quoted ? Times.date(text) : null;
      case DATETIME -> quoted ? Times.datetime(text) : null;
      case TIMESTAMP -> quoted ? Times.timestamp(text) : null;
      case TIME -> quoted ? Times.time(text) : null;
      case BYTES -> quoted ? Value.Text.ofBase64(text) : null;
      case DOCUMENT -> Json.document(json);
    };
  }
}

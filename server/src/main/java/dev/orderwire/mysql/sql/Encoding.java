package dev.orderwire.mysql.sql;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.List;
import java.util.function.Function;

/**
 * The one JSON encoding of a row, as SQL expressions. Triggers write with it, and snapshots read
 * with it. The same row gives the same JSON in every session, whatever its time zone, character set
 * and SQL mode.
 *
 * <p>This relies on two facts. String functions return utf8mb4, the character set of the
 * connection; a trigger keeps that of the session that created it. And UNIX_TIMESTAMP of a
 * TIMESTAMP column returns the stored instant, in triggers too; a conversion through the session's
 * time zone would merge the two hours that the end of summer time repeats.
 */
public final class Encoding {
  /** MySQL's JSON allows 100 levels, and the row's object is one of them. */
  private static final int MAX_DEPTH = 99;

  /** A deeper document needs more bytes than this, so smaller documents need no depth check. */
  private static final int MAX_DEPTH_BYTES = 690;

  private static final String ZERO_TIMESTAMP = "'0000-00-00T00:00:00.000000Z'";

  private Encoding() {}

  /**
   * The row as a JSON object.
   *
   * @param qualifier {@code NEW.}, {@code OLD.}, or a table alias with its dot
   */
  public static String row(List<Column> columns, String qualifier) {
    return row(columns, column -> qualifier + Sql.quote(column.name()));
  }

  /**
   * The row as a JSON object.
   *
   * @param reference the SQL expression for a column
   */
  public static String row(List<Column> columns, Function<Column, String> reference) {
    return columns.stream()
        .map(column -> Sql.literal(column.name()) + ", " + cell(column, reference.apply(column)))
        .collect(joining(", ", "JSON_OBJECT(", ")"));
  }

  /**
   * One value in a JSON object: a number, a string, a JSON document or NULL.
   *
   * @param reference the SQL expression for the column, such as {@code NEW.`id`}
   * @throws OrderwireException {@code unsupported_type}
   */
  public static String cell(Column column, String reference) {
    return switch (column.dataType()) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "float", "double" ->
          reference;
      case "json" -> document(reference);
      case "bit" -> "CAST(" + reference + " AS UNSIGNED)";
      case "decimal" -> text(withoutZerofill(column, reference));
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
          // A trigger sets up each of its functions anew for each row, which costs more than the
          // conversion itself.
          column.characterSet().equals("utf8mb4") ? reference : text(reference);
      case "enum", "set" -> text(reference);
      case "date", "time" -> text(reference);
      case "datetime" -> "REPLACE(" + text(reference) + ", ' ', 'T')";
      case "timestamp" -> instant(reference);
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> base64(reference);
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geomcollection",
          "geometrycollection" ->
          "ST_AsGeoJSON(" + reference + ")";
      default -> throw unsupported(column);
    };
  }

  /**
   * A cheaper expression that differs under {@code <=>} whenever the encoded value differs.
   * Collations, the sign of a floating-point zero and the session's time zone hide no difference.
   * JSON is compared as JSON, as MySQL does to decide whether an update changes a row at all: an
   * update that only replaces {@code 1} by {@code 1.0} leaves {@code 1} stored.
   */
  public static String identity(Column column, String reference) {
    return switch (column.dataType()) {
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" ->
          "CAST(" + reference + " AS BINARY)";
      case "float", "double" -> "CAST(" + text("JSON_ARRAY(" + reference + ")") + " AS BINARY)";
      case "timestamp" -> "UNIX_TIMESTAMP(" + reference + ")";
      default -> reference;
    };
  }

  private static String text(String expression) {
    return "CONVERT(" + expression + " USING utf8mb4)";
  }

  /** ZEROFILL pads the text of a number; this returns the number without padding. */
  private static String withoutZerofill(Column column, String reference) {
    if (!column.type().endsWith("zerofill")) {
      return reference;
    }
    String type = column.type().substring(0, column.type().indexOf(')') + 1);
    return "CAST(" + reference + " AS " + type + ")";
  }

  /**
   * ISO-8601 in UTC, always with microseconds. The zero timestamp is not an instant and has a text
   * of its own.
   */
  private static String instant(String reference) {
    String seconds = "UNIX_TIMESTAMP(" + reference + ")";
    return "IF("
        + seconds
        + " = 0, "
        + ZERO_TIMESTAMP
        // In microseconds, as MySQL 8.0.15 takes an interval of NULL seconds for zero.
        + ", DATE_FORMAT(TIMESTAMPADD(MICROSECOND, "
        + seconds
        + " * 1000000, CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-%dT%H:%i:%s.%fZ'))";
  }

  /** The document itself, or its text as a string if it is too deep to nest in the row's object. */
  private static String document(String reference) {
    return "IF(JSON_STORAGE_SIZE(%1$s) > %2$d AND JSON_DEPTH(%1$s) > %3$d, JSON_EXTRACT(JSON_ARRAY(%4$s), '$[0]'), %1$s)"
        .formatted(reference, MAX_DEPTH_BYTES, MAX_DEPTH, text(reference));
  }

  /**
   * MySQL returns NULL for a base64 text larger than max_allowed_packet, and the rest of the row
   * needs room beside it. So larger values get a placeholder, which is not valid base64 and cannot
   * be taken for the value.
   */
  private static String base64(String reference) {
    return "IF(LENGTH(%1$s) > @@max_allowed_packet DIV 2, CONCAT('too large: ', LENGTH(%1$s), ' bytes'), REPLACE(TO_BASE64(%1$s), '\\n', ''))"
        .formatted(reference);
  }

  private static OrderwireException unsupported(Column column) {
    return new OrderwireException(
        ErrorCode.UNSUPPORTED_TYPE,
        "column %s has the type %s, which Orderwire cannot encode. Do not watch its table, or change the type."
            .formatted(column.name(), column.type()));
  }
}

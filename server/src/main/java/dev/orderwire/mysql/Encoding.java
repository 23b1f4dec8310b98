package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.List;
import java.util.function.Function;

/**
 * The one JSON encoding of a row, as SQL expressions: triggers write with it, snapshots read with
 * it. The same row gives the same JSON whatever the time zone, the character set and the SQL mode
 * of the session.
 *
 * <p>It relies on two things: string functions give utf8mb4 (the character set of the connection,
 * which a trigger keeps from the session that created it), and TIMESTAMP columns are read through
 * UNIX_TIMESTAMP, which on a column, in a trigger too, takes the stored instant as it is; through
 * the session's time zone the hour that summer time repeats would be one hour only.
 */
public final class Encoding {
  /** MySQL's JSON has 100 levels, and the row's object is one of them. */
  private static final int DEEPEST = 99;

  /** No document of more levels is held in less, so that small ones are not looked into. */
  private static final int BYTES_OF_DEEPEST = 690;

  private static final String NO_INSTANT = "'0000-00-00T00:00:00.000000Z'";

  private Encoding() {}

  /**
   * The row as a JSON object.
   *
   * @param qualifier {@code NEW.}, {@code OLD.}, or a table's alias with its dot
   */
  public static String row(List<Column> columns, String qualifier) {
    return row(columns, column -> qualifier + Sql.quote(column.name()));
  }

  /** The row as a JSON object, where columns are referred to by more than a qualifier. */
  public static String row(List<Column> columns, Function<Column, String> reference) {
    return columns.stream()
        .map(column -> Sql.literal(column.name()) + ", " + cell(column, reference.apply(column)))
        .collect(joining(", ", "JSON_OBJECT(", ")"));
  }

  /**
   * One value, to stand in a JSON object: a number, a string, a JSON document or NULL.
   *
   * @param reference how the column is referred to, such as {@code NEW.`id`}
   * @throws OrderwireException {@code unsupported_type}
   */
  static String cell(Column column, String reference) {
    return switch (column.dataType()) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "float", "double" ->
          reference;
      case "json" -> document(reference);
      case "bit" -> "CAST(" + reference + " AS UNSIGNED)";
      case "decimal" -> text(withoutZerofill(column, reference));
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
          // Each function of a trigger is made ready anew for each row, which costs more than its
          // work.
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
   * An expression that differs, for {@code <=>}, wherever an update makes another JSON of the
   * value, and costs less. Collations, the sign of a floating zero and the session's time zone hide
   * no difference from it. JSON is compared as JSON, as MySQL does to decide whether an update
   * changes a row at all: where {@code 1.0} replaces {@code 1} and nothing else does, {@code 1}
   * stays.
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

  /** ZEROFILL pads the text of a number, not the number. */
  private static String withoutZerofill(Column column, String reference) {
    if (!column.type().endsWith("zerofill")) {
      return reference;
    }
    String type = column.type().substring(0, column.type().indexOf(')') + 1);
    return "CAST(" + reference + " AS " + type + ")";
  }

  /**
   * ISO-8601 in UTC, always with microseconds. The zero timestamp is no instant, and stays
   * recognisable.
   */
  private static String instant(String reference) {
    String seconds = "UNIX_TIMESTAMP(" + reference + ")";
    return "IF("
        + seconds
        + " = 0, "
        + NO_INSTANT
        // Not so many seconds: as an interval NULL seconds are none to MySQL 8.0.15.
        + ", DATE_FORMAT(TIMESTAMPADD(MICROSECOND, "
        + seconds
        + " * 1000000, CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-%dT%H:%i:%s.%fZ'))";
  }

  /** A document that fits into a row's as it is; else its text, as a string. */
  private static String document(String reference) {
    return "IF(JSON_STORAGE_SIZE(%1$s) > %2$d AND JSON_DEPTH(%1$s) > %3$d, JSON_EXTRACT(JSON_ARRAY(%4$s), '$[0]'), %1$s)"
        .formatted(reference, BYTES_OF_DEEPEST, DEEPEST, text(reference));
  }

  /**
   * Where its base64 is larger than max_allowed_packet, MySQL says NULL; but long before that the
   * rest of the row has no room beside it. The stand-in is no base64, so that nobody takes it for
   * the value.
   */
  private static String base64(String reference) {
    return "IF(LENGTH(%1$s) > @@max_allowed_packet DIV 2, CONCAT('too large: ', LENGTH(%1$s), ' bytes'), REPLACE(TO_BASE64(%1$s), '\\n', ''))"
        .formatted(reference);
  }

  private static OrderwireException unsupported(Column column) {
    return new OrderwireException(
        ErrorCode.UNSUPPORTED_TYPE,
        "column %s has the type %s, which Orderwire cannot encode: leave its table out, or change its type."
            .formatted(column.name(), column.type()));
  }
}

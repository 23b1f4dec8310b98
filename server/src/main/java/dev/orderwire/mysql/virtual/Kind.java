package dev.orderwire.mysql.virtual;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a value is, as far as it matters to the settings of a session. Each kind has the reason why
 * it may depend on them where it is not accepted.
 */
enum Kind {
  NULL(""),
  /** A number that is not unsigned. Also true and false. */
  SIGNED(""),
  /** A number that may be unsigned. */
  UNSIGNED(""),
  /** A BIT column: a number, but bytes in a text. */
  BIT(""),
  /** Text with the character set and the collation of a column. */
  TEXT(""),
  /** Text with a character set of its own: a literal, a CAST. */
  LITERAL("its collation depends on the session"),
  /** ASCII text in the session's character set, such as the digits of a number. */
  ASCII(
      "its bytes depend on the session's character_set_connection, its order on collation_connection"),
  BYTES(""),
  /** Bytes with {@link #ASCII} among them. Nothing accepts them. */
  SESSION_BYTES("its bytes depend on the session's character_set_connection"),
  /** A DATE or DATETIME column. */
  DATE("the result depends on the session's sql_mode"),
  TIME("a TIME becomes a date with the session's current date"),
  JSON(""),
  GEOMETRY(""),
  /** A TIMESTAMP column. */
  TIMESTAMP("a TIMESTAMP has other digits in each time_zone; only IS NULL is the same in all"),
  /** A CHAR column. */
  CHAR(
      "a CHAR has its padding in the sql_mode PAD_CHAR_TO_FULL_LENGTH; only RTRIM, TRIM and IS NULL are the same in all");

  static final Set<Kind> NUMBERS = EnumSet.of(NULL, SIGNED, UNSIGNED, BIT);

  static final Set<Kind> STRINGS = EnumSet.of(NULL, TEXT, LITERAL, ASCII);

  /** What has a text that is the same in every session, whatever its bytes. */
  static final Set<Kind> PRINTABLE =
      EnumSet.of(NULL, SIGNED, UNSIGNED, TEXT, LITERAL, ASCII, DATE, TIME, JSON);

  /** What has the same bytes in every session. */
  static final Set<Kind> KNOWN_BYTES = EnumSet.of(NULL, TEXT, LITERAL, BYTES, JSON);

  /** What becomes the same JSON in every session. */
  static final Set<Kind> IN_DOCUMENTS =
      EnumSet.of(NULL, SIGNED, UNSIGNED, JSON, TEXT, LITERAL, ASCII);

  /** What becomes the same number in every session. */
  static final Set<Kind> NUMERIC = union(NUMBERS, EnumSet.of(TEXT, LITERAL, ASCII, JSON));

  private final String reason;

  Kind(String reason) {
    this.reason = reason;
  }

  /** Why a value of this kind may depend on the session; empty if that is not known. */
  String reason() {
    return reason;
  }

  static Set<Kind> union(Set<Kind> some, Set<Kind> more) {
    Set<Kind> all = EnumSet.copyOf(some);
    all.addAll(more);
    return all;
  }

  /**
   * The kind of a column's values.
   *
   * @param dataType such as {@code bigint}
   * @param columnType MySQL's whole type, such as {@code bigint unsigned}
   */
  static Kind ofColumn(String dataType, String columnType) {
    return switch (dataType) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double" ->
          columnType.contains("unsigned") ? UNSIGNED : SIGNED;
      case "year" -> UNSIGNED;
      case "bit" -> BIT;
      case "char" -> CHAR;
      case "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> TEXT;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BYTES;
      case "date", "datetime" -> DATE;
      case "time" -> TIME;
      case "timestamp" -> TIMESTAMP;
      case "json" -> JSON;
      default -> GEOMETRY;
    };
  }

  /** The kind of a number that is computed from values of these kinds. */
  static Kind number(Collection<Kind> operands) {
    return operands.contains(UNSIGNED) || operands.contains(BIT) ? UNSIGNED : SIGNED;
  }

  /**
   * The kind of a text that is put together from values of these kinds: as MySQL chooses its
   * character set, that of a column comes first, and that of the connection before a literal's.
   */
  static Kind text(Collection<Kind> parts) {
    if (parts.contains(BYTES)) {
      return KNOWN_BYTES.containsAll(parts) ? BYTES : SESSION_BYTES;
    }
    if (parts.contains(TEXT) || parts.contains(JSON) || parts.contains(CHAR)) {
      return TEXT;
    }
    return !parts.contains(ASCII) && parts.contains(LITERAL) ? LITERAL : ASCII;
  }
}

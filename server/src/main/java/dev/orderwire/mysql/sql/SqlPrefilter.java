package dev.orderwire.mysql.sql;

import dev.orderwire.change.Column;
import dev.orderwire.feed.Prefilter;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Translates a prefilter into SQL. MySQL's {@code =} must find every value that is equal by the
 * view's rules. If that is uncertain, or if the comparison could be an error, the condition lets
 * every row through. {@code SqlPrefilterOnMysqlTest} and {@code CharacterSetsTest} have a case for
 * each rule.
 */
public final class SqlPrefilter {
  private static final int MICROSECONDS = 6;
  private static final BigDecimal FIRST_TIMESTAMP = new BigDecimal("19700101000001");
  private static final BigDecimal LAST_TIMESTAMP = new BigDecimal("20380119031407");

  private SqlPrefilter() {}

  public static SqlCondition of(Prefilter prefilter) {
    return switch (prefilter) {
      case Prefilter.All() -> SqlCondition.ALL;
      case Prefilter.EqualNumber(Column column, BigDecimal number) -> equal(column, number);
      case Prefilter.EqualText(Column column, String text) -> equal(column, text);
      case Prefilter.IsNull(Column column) -> isNull(column);
      case Prefilter.And(List<Prefilter> parts) ->
          SqlCondition.and(
              parts.stream()
                  .map(SqlPrefilter::of)
                  .filter(part -> !part.equals(SqlCondition.ALL))
                  .toList());
      case Prefilter.Or(List<Prefilter> parts) -> or(parts.stream().map(SqlPrefilter::of).toList());
    };
  }

  private static SqlCondition or(List<SqlCondition> parts) {
    return parts.contains(SqlCondition.ALL) ? SqlCondition.ALL : SqlCondition.or(parts);
  }

  /** A JSON column can also contain JSON's own null, which IS NULL does not find. */
  private static SqlCondition isNull(Column column) {
    return switch (column.dataType()) {
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
          SqlCondition.ALL;
      default -> SqlCondition.isNull(column);
    };
  }

  /**
   * Compares stored values only if equal texts have equal bytes: then every collation and every
   * index finds them. Otherwise compares the converted text.
   */
  private static SqlCondition equal(Column column, String text) {
    return switch (column.dataType()) {
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
          hasOneEncoding(text, column.characterSet())
              ? SqlCondition.equalTo(column, text)
              : SqlCondition.equalWhenConverted(column, text);
      // A lax SQL mode allows members that the collation takes for equal; an index finds only the
      // first of them.
      case "enum", "set" -> SqlCondition.equalWhenConverted(column, text);
      default -> SqlCondition.ALL;
    };
  }

  /**
   * Whether exactly one text of the character set converts to this text. For the older sets this is
   * certain only of printable ASCII without the question mark, which stands for every character
   * that Unicode lacks. A comparison with a text that the set cannot represent can be an error.
   */
  private static boolean hasOneEncoding(String text, String characterSet) {
    return switch (characterSet) {
      case "utf8mb4" -> true;
      case "utf8mb3", "utf8" -> text.codePoints().allMatch(Character::isBmpCodePoint);
      case "armscii8" -> text.matches("[ -~&&[^?'(),\\-.]]*");
      case "sjis" -> text.matches("[ -~&&[^?\\\\]]*");
      case "ujis" -> text.matches("[ -~&&[^?\\\\~]]*");
      // It has letters in place of these.
      case "swe7" -> text.matches("[ -~&&[^?@\\[-`{-~]]*");
      case "ascii",
          "big5",
          "cp1250",
          "cp1251",
          "cp1256",
          "cp1257",
          "cp850",
          "cp852",
          "cp866",
          "cp932",
          "dec8",
          "eucjpms",
          "euckr",
          "gb18030",
          "gb2312",
          "gbk",
          "geostd8",
          "greek",
          "hebrew",
          "hp8",
          "keybcs2",
          "koi8r",
          "koi8u",
          "latin1",
          "latin2",
          "latin5",
          "latin7",
          "macce",
          "macroman",
          "tis620",
          "ucs2",
          "utf16",
          "utf16le",
          "utf32" ->
          text.matches("[ -~&&[^?]]*");
      default -> false;
    };
  }

  private static SqlCondition equal(Column column, BigDecimal number) {
    Optional<String> text =
        switch (column.dataType()) {
          case "tinyint", "smallint", "mediumint", "int", "bigint" ->
              fits(number, 20, 0) ? Optional.of(number.toPlainString()) : Optional.empty();
          case "decimal" ->
              fits(number, 65, 30) ? Optional.of(number.toPlainString()) : Optional.empty();
          // MySQL reads one or two digits as a recent year: '0' means 2000 and does not find 0000.
          case "year" ->
              fits(number, 4, 0) && number.intValue() > 1900
                  ? Optional.of(number.toPlainString())
                  : Optional.empty();
          case "date" -> date(number);
          case "datetime" -> datetime(number);
          // Sessions that read snapshots are in UTC. Outside TIMESTAMP's range MySQL's versions
          // differ.
          case "timestamp" ->
              number.compareTo(FIRST_TIMESTAMP) >= 0 && number.compareTo(LAST_TIMESTAMP) <= 0
                  ? datetime(number)
                  : Optional.empty();
          case "time" -> time(number);
          // MySQL compares BIT as bytes; FLOAT and DOUBLE have more digits than their text.
          default -> Optional.empty();
        };
    return text.map(found -> SqlCondition.equalTo(column, found)).orElse(SqlCondition.ALL);
  }

  private static boolean fits(BigDecimal number, int digits, int fraction) {
    return number.scale() <= fraction && (long) number.precision() - number.scale() <= digits;
  }

  /** Only for real calendar days: others are an error in newer versions. */
  private static Optional<String> date(BigDecimal number) {
    int day = (int) (number.longValue() / 1_000_000);
    if (number.precision() - number.scale() != "20261122100000".length()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.of(day / 10_000, day / 100 % 100, day % 100).toString());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> datetime(BigDecimal number) {
    long time = number.longValue() % 1_000_000;
    return fits(number, 14, MICROSECONDS)
        ? date(number)
            .map(day ->
                day + ' ' + clock(time / 10_000, time / 100 % 100, time % 100) + fraction(number))
        : Optional.empty();
  }

  private static Optional<String> time(BigDecimal seconds) {
    long whole = Math.abs(seconds.longValue());
    return fits(seconds, 7, MICROSECONDS)
        ? Optional.of(
            (seconds.signum() < 0 ? "-" : "")
                + clock(whole / 3600, whole / 60 % 60, whole % 60)
                + fraction(seconds))
        : Optional.empty();
  }

  private static String clock(long hours, long minutes, long seconds) {
    return String.format(Locale.ROOT, "%02d:%02d:%02d", hours, minutes, seconds);
  }

  /** The fraction of a second with its point; empty for whole seconds. */
  private static String fraction(BigDecimal number) {
    BigDecimal fraction = number.abs().remainder(BigDecimal.ONE);
    return fraction.signum() == 0 ? "" : fraction.toPlainString().substring(1);
  }
}

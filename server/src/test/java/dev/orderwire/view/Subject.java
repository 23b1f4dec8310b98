package dev.orderwire.view;

import dev.orderwire.view.RandomWhere.Both;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A column for random conditions.
 *
 * @param compared the column as SQL that MySQL compares as views do
 * @param ordered whether it has an order
 * @param values to store in the column, and to compare it with
 */
public record Subject(
    String name, String type, String compared, boolean ordered, List<Both> values) {
  public static final List<Subject> ALL =
      List.of(
          numbers(
              "b", "bigint", "-9223372036854775808 -1 0 1 9007199254740992 9007199254740993 0.5"),
          numbers("u", "bigint unsigned", "0 1 9223372036854775808 18446744073709551615 1e1 -1"),
          numbers(
              "d",
              "decimal(65,30)",
              "-1.5 0 0.1 0.100000000000000000000000000001 1e3 12345678901234567890.5 -0.0"),
          numbers("y", "year", "0 1999 2000 2026 99"),
          numbers("bits", "bit(64)", "0 1 53 18446744073709551615"),
          new Subject(
              "flag",
              "tinyint(1)",
              "`flag`",
              true,
              List.of(new Both("true", "1"), new Both("false", "0"), new Both("2", "2"))),
          of(
              "f",
              "double",
              "`f`",
              true,
              "-1.5e0 0e0 -0e0 0.1e0 0.3e0 1e300 1e-300",
              v -> new Both(v, v)),
          texts("s", "varchar(20)", "`s`"),
          texts("latin", "varchar(20) character set latin1", "CONVERT(`latin` USING utf8mb4)"),
          texts("e", "enum('b','a','ab','1')", "CONVERT(`e` USING utf8mb4)"),
          times("da", "date", "DATE", "2026-11-22 2026-03-29 1000-01-01 9999-12-31"),
          times(
              "dt",
              "datetime(6)",
              "TIMESTAMP",
              "2026-11-22T10:00:00 2026-11-22T10:00:00.5 2026-03-29T02:30:00"
                  + " 2026-11-22T10:00:00.000001"),
          times(
              "ti",
              "time(6)",
              "TIME",
              "-838:59:59 -00:00:00.5 00:00:00 10:00:00 10:00:00.5 100:00:00 10:00"),
          new Subject("ts", "timestamp(6)", "`ts`", true, timestamps()),
          of("bytes", "varbinary(9)", "`bytes`", false, "AAE= AAE /w== AAEA", Subject::bytes),
          of(
              "j",
              "json",
              "`j`",
              false,
              "1 1.0 0.1 \"1\" \"a\" \"A\" true [1,2] [2,1] [] {} {\"a\":1,\"b\":[2]}"
                  + " {\"b\":[2.0],\"a\":1} [{\"a\":\"😀\"}]",
              v -> new Both(v, "CAST(" + text(v) + " AS JSON)")));

  /** The column as CREATE TABLE takes it, with an index where it can have one. */
  public String definition() {
    String column = "`%s` %s NULL".formatted(name, type);
    return type.equals("json") ? column : column + ", KEY (`" + name + "`)";
  }

  private interface Reading {
    Both of(String value);
  }

  private static Subject of(
      String name, String type, String compared, boolean ordered, String values, Reading reading) {
    return new Subject(
        name, type, compared, ordered, Arrays.stream(values.split(" ")).map(reading::of).toList());
  }

  private static Subject numbers(String name, String type, String numbers) {
    String compared = "(`" + name + "` + 0)";
    List<Both> values =
        Arrays.stream(numbers.split(" "))
            .map(number -> new Both(number, new BigDecimal(number).toPlainString()))
            .flatMap(v -> Stream.of(v, new Both('"' + v.json() + '"', v.sql())))
            .toList();
    return new Subject(name, type, compared, true, values);
  }

  private static Subject texts(String name, String type, String inUnicode) {
    List<Both> values =
        Stream.of(
                "", "a", "A", "á", "a ", "ab", "b", "ss", "ß", "｡", "😀", "1", "01", "?", "%", "'",
                "e\u0301")
            .map(text -> new Both('"' + text + '"', text(text)))
            .toList();
    return new Subject(name, type, "CAST(" + inUnicode + " AS BINARY)", true, values);
  }

  private static Subject times(String name, String type, String literal, String times) {
    return of(
        name,
        type,
        "`" + name + "`",
        true,
        times,
        time -> new Both('"' + time + '"', literal + "'" + time + "'"));
  }

  private static List<Both> timestamps() {
    return List.of(
        new Both("\"2026-11-22T10:00:00Z\"", "TIMESTAMP'2026-11-22 10:00:00'"),
        new Both("\"2026-11-22T10:00:00.5\"", "TIMESTAMP'2026-11-22 10:00:00.5'"),
        new Both("\"2026-11-22T12:00:00.500+02:00\"", "TIMESTAMP'2026-11-22 10:00:00.5'"),
        new Both("\"2026-11-22 04:30:00.000001-0530\"", "TIMESTAMP'2026-11-22 10:00:00.000001'"),
        new Both("\"2026-03-29\"", "TIMESTAMP'2026-03-29 00:00:00'"),
        new Both("\"1970-01-01T00:00:01Z\"", "TIMESTAMP'1970-01-01 00:00:01'"),
        new Both("\"2038-01-19T03:14:07.999999Z\"", "TIMESTAMP'2038-01-19 03:14:07.999999'"));
  }

  private static Both bytes(String base64) {
    return new Both(
        '"' + base64 + '"', "FROM_BASE64('" + base64 + "=".repeat(-base64.length() & 3) + "')");
  }

  private static String text(String text) {
    return "_utf8mb4 x'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
  }
}

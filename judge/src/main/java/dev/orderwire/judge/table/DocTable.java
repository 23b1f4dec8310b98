package dev.orderwire.judge.table;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Large rows, with the column types that are hard to encode, and with columns that hold something
 * else in each session.
 */
final class DocTable implements WatchedTable {
  private static final int DOCS = 400;
  private static final List<String> MARKS = List.of("plain", "ä b", "", "PLAIN");
  private static final List<String> DAYS =
      List.of("2006-06-11", "2020-03-01", "2026-07-15", "2037-06-30");
  private static final List<Filter.Field> FIELDS =
      List.of(
          new Filter.Field("id", false),
          new Filter.Field("flag", false),
          new Filter.Field("big", false),
          new Filter.Field("mark", true),
          new Filter.Field("seen_day", true));

  /** The session that writes a row determines what the generated columns hold from then on. */
  private static final List<String> GENERATED = List.of("seen_day", "day_name", "share");

  @Override
  public String name() {
    return "doc";
  }

  @Override
  public String createSql() {
    return """
    CREATE TABLE doc (
      id INT NOT NULL PRIMARY KEY,
      flag BOOLEAN NULL,
      big BIGINT UNSIGNED NOT NULL,
      ratio DOUBLE NULL,
      data JSON NULL,
      bytes VARBINARY(64) NULL,
      seen TIMESTAMP NULL,
      day DATE NULL,
      body TEXT NULL,
      mark CHAR(8) NULL,
      seen_day DATE AS (DATE(seen)) STORED,
      day_name VARCHAR(40) AS (DAYNAME(day)) STORED,
      share DECIMAL(40,12) AS (big / 7) STORED)
      CHARSET=utf8mb4\
    """;
  }

  @Override
  public List<String> columns() {
    return Stream.concat(writtenColumns().stream(), GENERATED.stream()).toList();
  }

  @Override
  public List<String> writtenColumns() {
    return List.of("id", "flag", "big", "ratio", "data", "bytes", "seen", "day", "body", "mark");
  }

  @Override
  public int keyLength() {
    return 1;
  }

  @Override
  public List<Filter.Field> fields() {
    return FIELDS;
  }

  @Override
  public String value(Filter.Field field, SeededRandom random) {
    return switch (field.name()) {
      case "id" -> String.valueOf(random.below(DOCS));
      case "flag" -> String.valueOf(random.below(2));
      case "mark" -> random.pick(MARKS);
      case "seen_day" -> random.pick(DAYS);
      default -> big(random);
    };
  }

  /** A number that no double holds exactly; some exceed a signed 64-bit integer. */
  private static String big(SeededRandom random) {
    return random.pick(List.of("9007199254740993", "1844674407370955161"))
        + (random.percent(50) ? "" : String.valueOf(random.below(6)));
  }

  @Override
  public Sql statement(SeededRandom random, int rows) {
    int id = random.below(DOCS);
    String where = "WHERE id BETWEEN %d AND %d".formatted(id, id + rows - 1);
    return switch (random.below(10)) {
      case 0, 1, 2 ->
          new Sql(
              IntStream.range(id, id + rows)
                  .mapToObj(each -> row(each, random))
                  .collect(
                      joining(
                          ", ",
                          "REPLACE INTO doc (%s) VALUES "
                              .formatted(String.join(", ", writtenColumns())),
                          "")),
              false);
      case 3 -> new Sql("DELETE FROM doc " + where, false);
      case 4 ->
          new Sql(
              "UPDATE doc SET data = JSON_SET(COALESCE(data, '{}'), '$.n', %d, '$.x', JSON_ARRAY(id, 'ä', 0.5)) %s"
                  .formatted(random.below(10), where),
              false);
      case 5 ->
          new Sql(
              "UPDATE doc SET body = REPEAT('ü€', %d) %s".formatted(random.below(2_000), where),
              false);
      case 6 ->
          new Sql(
              "UPDATE doc SET flag = %s, big = %s %s"
                  .formatted(random.percent(20) ? "NULL" : random.below(2), big(random), where),
              false);
      // Another instant in each time zone.
      case 7 ->
          new Sql(
              "UPDATE doc SET seen = '%s 02:30:00', mark = %s %s"
                  .formatted(random.pick(DAYS), mark(random), where),
              false);
      // A date that the session's SQL mode allows, or turns into 0000-00-00.
      case 8 ->
          new Sql(
              "UPDATE IGNORE doc SET day = '2023-02-31', mark = %s %s"
                  .formatted(mark(random), where),
              false);
      default ->
          new Sql(
              "UPDATE doc SET ratio = %d / 7e0, seen = NOW(), day = CURDATE() %s"
                  .formatted(random.below(1_000), where),
              false);
    };
  }

  /** CHAR drops the spaces at the end. */
  private static String mark(SeededRandom random) {
    return WatchedTable.quoted(random.pick(MARKS) + (random.percent(50) ? "  " : ""));
  }

  private static String row(int id, SeededRandom random) {
    return "(%d, %d, %s, %d / 3e0, '{\"k\": [1, null, \"v%d\"]}', UNHEX('00FF%02X'), NOW(), CURDATE(), REPEAT('x', %d), %s)"
        .formatted(
            id,
            random.below(2),
            big(random),
            random.below(1_000),
            random.below(100),
            random.below(256),
            random.below(1_000),
            mark(random));
  }
}

package dev.orderwire.judge;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.IntStream;

/** Larger rows of the types that are hard to write down. */
final class Docs implements WatchedTable {
  private static final int DOCS = 400;
  private static final List<Filter.Field> FIELDS =
      List.of(
          new Filter.Field("id", false),
          new Filter.Field("flag", false),
          new Filter.Field("big", false));

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
      body TEXT NULL)
      CHARSET=utf8mb4\
    """;
  }

  @Override
  public List<String> columns() {
    return List.of("id", "flag", "big", "ratio", "data", "bytes", "seen", "day", "body");
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
  public String value(Filter.Field field, Chance chance) {
    return switch (field.name()) {
      case "id" -> String.valueOf(chance.below(DOCS));
      case "flag" -> String.valueOf(chance.below(2));
      default -> big(chance);
    };
  }

  /** Beyond what a double can tell apart, and beyond what a signed number holds. */
  private static String big(Chance chance) {
    return chance.of(List.of("9007199254740993", "1844674407370955161"))
        + (chance.percent(50) ? "" : String.valueOf(chance.below(6)));
  }

  @Override
  public Sql statement(Chance chance, int rows) {
    int id = chance.below(DOCS);
    String these = "WHERE id BETWEEN %d AND %d".formatted(id, id + rows - 1);
    return switch (chance.below(8)) {
      case 0, 1, 2 ->
          new Sql(
              IntStream.range(id, id + rows)
                  .mapToObj(each -> row(each, chance))
                  .collect(joining(", ", "REPLACE INTO doc VALUES_OF ", ""))
                  .replace(
                      "VALUES_OF", "(id, flag, big, ratio, data, bytes, seen, day, body) VALUES"),
              false);
      case 3 -> new Sql("DELETE FROM doc " + these, false);
      case 4 ->
          new Sql(
              "UPDATE doc SET data = JSON_SET(COALESCE(data, '{}'), '$.n', %d, '$.x', JSON_ARRAY(id, 'ä', 0.5)) %s"
                  .formatted(chance.below(10), these),
              false);
      case 5 ->
          new Sql(
              "UPDATE doc SET body = REPEAT('ü€', %d) %s".formatted(chance.below(2_000), these),
              false);
      case 6 ->
          new Sql(
              "UPDATE doc SET flag = %s, big = %s %s"
                  .formatted(chance.percent(20) ? "NULL" : chance.below(2), big(chance), these),
              false);
      default ->
          new Sql(
              "UPDATE doc SET ratio = %d / 7e0, seen = NOW(), day = CURDATE() %s"
                  .formatted(chance.below(1_000), these),
              false);
    };
  }

  private static String row(int id, Chance chance) {
    return "(%d, %d, %s, %d / 3e0, '{\"k\": [1, null, \"v%d\"]}', UNHEX('00FF%02X'), NOW(), CURDATE(), REPEAT('x', %d))"
        .formatted(
            id,
            chance.below(2),
            big(chance),
            chance.below(1_000),
            chance.below(100),
            chance.below(256),
            chance.below(1_000));
  }
}

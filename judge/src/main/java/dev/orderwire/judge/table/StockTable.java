package dev.orderwire.judge.table;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;
import java.util.stream.IntStream;

/** Rows with a key of two columns that often changes; one is text that ignores case. */
final class StockTable implements WatchedTable {
  private static final int SKUS = 300;
  private static final List<String> SITES = List.of("Aachen", "Bonn", "Köln", "kiel");
  private static final List<String> KINDS = List.of("raw", "part", "whole");
  private static final List<Filter.Field> FIELDS =
      List.of(
          new Filter.Field("site", true),
          new Filter.Field("sku", false),
          new Filter.Field("qty", false),
          new Filter.Field("kind", true));

  @Override
  public String name() {
    return "stock";
  }

  @Override
  public String createSql() {
    return """
    CREATE TABLE stock (
      site VARCHAR(10) NOT NULL,
      sku INT NOT NULL,
      qty INT NOT NULL,
      kind ENUM('raw','part','whole') NULL,
      seen TIMESTAMP(6) NULL,
      PRIMARY KEY (site, sku))
      CHARSET=utf8mb4\
    """;
  }

  @Override
  public List<String> columns() {
    return List.of("site", "sku", "qty", "kind", "seen");
  }

  @Override
  public int keyLength() {
    return 2;
  }

  @Override
  public List<String> keyChanges() {
    return List.of(
        "DROP PRIMARY KEY, ADD PRIMARY KEY (site, sku)",
        "DROP PRIMARY KEY, ADD PRIMARY KEY (sku, site)");
  }

  @Override
  public List<Filter.Field> fields() {
    return FIELDS;
  }

  @Override
  public String value(Filter.Field field, SeededRandom random) {
    return switch (field.name()) {
      case "site" -> random.pick(SITES);
      case "sku" -> String.valueOf(random.below(SKUS));
      case "qty" -> String.valueOf(random.below(100));
      default -> random.pick(KINDS);
    };
  }

  @Override
  public Sql statement(SeededRandom random, int rows) {
    String site = WatchedTable.quoted(random.pick(SITES));
    int sku = random.below(SKUS);
    String where = "WHERE site = %s AND sku BETWEEN %d AND %d".formatted(site, sku, sku + rows - 1);
    return switch (random.below(9)) {
      case 0 -> new Sql("REPLACE INTO stock " + rows(random, rows), false);
      case 1, 2 ->
          new Sql(
              "INSERT INTO stock "
                  + rows(random, rows)
                  + " ON DUPLICATE KEY UPDATE qty = stock.qty + VALUES(qty)",
              false);
      case 3 ->
          new Sql(
              "UPDATE stock SET sku = sku + 1 WHERE site = %s AND sku >= %d ORDER BY sku DESC LIMIT %d"
                  .formatted(site, sku, rows),
              true);
      case 4 ->
          new Sql("UPDATE stock SET site = IF(sku % 2, UPPER(site), LOWER(site)) " + where, false);
      case 5 ->
          new Sql(
              "UPDATE IGNORE stock SET site = %s %s"
                  .formatted(WatchedTable.quoted(random.pick(SITES)), where),
              false);
      case 6 -> new Sql("DELETE FROM stock " + where, false);
      case 7 -> new Sql("UPDATE stock SET seen = NOW(6) " + where, false);
      default ->
          new Sql(
              "UPDATE stock SET qty = %d, kind = %s %s"
                  .formatted(
                      random.below(100),
                      random.percent(20) ? "NULL" : WatchedTable.quoted(random.pick(KINDS)),
                      where),
              false);
    };
  }

  private static String rows(SeededRandom random, int rows) {
    String site = WatchedTable.quoted(random.pick(SITES));
    int sku = random.below(SKUS);
    return IntStream.range(0, rows)
        .mapToObj(row ->
            "(%s, %d, %d, %s, NOW(6))"
                .formatted(
                    site, sku + row, random.below(100), WatchedTable.quoted(random.pick(KINDS))))
        .collect(joining(", ", "(site, sku, qty, kind, seen) VALUES ", ""));
  }
}

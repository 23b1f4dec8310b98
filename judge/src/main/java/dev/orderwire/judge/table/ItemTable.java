package dev.orderwire.judge.table;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;
import java.util.stream.IntStream;

/** Rows with an AUTO_INCREMENT key and a second unique key, written by every kind of statement. */
final class ItemTable implements WatchedTable {
  private static final int CODES = 4_000;
  static final int GROUPS = 20;
  private static final List<String> STATES =
      List.of("pending", "Pending", "paid", "päid", "shipped", "😀", "paid ", "o'clock");
  private static final List<Filter.Field> FIELDS =
      List.of(
          new Filter.Field("grp", false),
          new Filter.Field("status", true),
          new Filter.Field("price", false),
          new Filter.Field("qty", false));

  @Override
  public String name() {
    return "item";
  }

  @Override
  public String createSql() {
    return """
    CREATE TABLE item (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      code INT NOT NULL,
      grp INT NOT NULL,
      status VARCHAR(16) NOT NULL,
      price DECIMAL(10,2) NOT NULL DEFAULT 0,
      qty INT NULL,
      note VARCHAR(120) NULL,
      changed DATETIME(3) NULL,
      PRIMARY KEY (id), UNIQUE KEY code (code), KEY id (id))
      CHARSET=utf8mb4\
    """;
  }

  @Override
  public List<String> columns() {
    return List.of("id", "code", "grp", "status", "price", "qty", "note", "changed");
  }

  @Override
  public int keyLength() {
    return 2;
  }

  @Override
  public List<String> keyChanges() {
    return List.of(
        "DROP PRIMARY KEY, ADD PRIMARY KEY (id)", "DROP PRIMARY KEY, ADD PRIMARY KEY (code, id)");
  }

  @Override
  public List<Filter.Field> fields() {
    return FIELDS;
  }

  @Override
  public String value(Filter.Field field, SeededRandom random) {
    return switch (field.name()) {
      case "grp" -> String.valueOf(random.below(GROUPS));
      case "status" -> random.pick(STATES);
      case "price" -> price(random);
      default -> String.valueOf(random.below(10));
    };
  }

  private static String price(SeededRandom random) {
    return "%d.%02d".formatted(random.below(1_000), random.below(100));
  }

  @Override
  public Sql statement(SeededRandom random, int rows) {
    int code = random.below(CODES);
    String where =
        rows == 1
            ? "WHERE code = " + code
            : "WHERE code BETWEEN %d AND %d".formatted(code, code + rows * 2);
    return switch (random.below(14)) {
      case 0, 1 -> new Sql("INSERT INTO item " + rows(random, rows), true);
      case 2, 3 -> new Sql("REPLACE INTO item " + rows(random, rows), true);
      case 4 ->
          new Sql(
              "INSERT INTO item "
                  + rows(random, rows)
                  + " ON DUPLICATE KEY UPDATE price = VALUES(price), qty = COALESCE(qty, 0) + 1",
              true);
      case 5 -> new Sql("INSERT IGNORE INTO item " + rows(random, rows), false);
      case 6 -> new Sql("DELETE FROM item " + where, false);
      case 7 -> new Sql("UPDATE item SET status = status, price = price " + where, false);
      case 8 ->
          new Sql(
              "UPDATE item SET id = id + %d %s ORDER BY id DESC"
                  .formatted(1 + random.below(1_000_000), where),
              true);
      case 9 -> new Sql("UPDATE item SET grp = (grp + 1) %% %d %s".formatted(GROUPS, where), false);
      // Rows move between two customers.
      case 10, 11 ->
          new Sql(
              "UPDATE item SET grp = IF(grp < %d, grp + 1, grp - 1) %s"
                  .formatted(random.between(1, GROUPS - 1), where),
              false);
      default -> new Sql("UPDATE item SET " + assignments(random) + " " + where, false);
    };
  }

  private static String assignments(SeededRandom random) {
    return switch (random.below(5)) {
      case 0 -> "status = " + WatchedTable.quoted(random.pick(STATES));
      case 1 -> "price = " + price(random) + ", changed = NOW(3)";
      case 2 -> "qty = NULLIF(%d, 0)".formatted(random.below(10));
      case 3 -> "note = NULLIF('note %d', 'note 0')".formatted(random.below(5));
      default ->
          "status = %s, grp = %d"
              .formatted(WatchedTable.quoted(random.pick(STATES)), random.below(GROUPS));
    };
  }

  private static String rows(SeededRandom random, int rows) {
    int code = random.below(CODES);
    return IntStream.range(0, rows)
        .mapToObj(row ->
            "(%d, %d, %s, %s, NULLIF(%d, 0), NULL, NOW(3))"
                .formatted(
                    (code + row) % (CODES * Math.max(1, rows / 1_000)),
                    random.below(GROUPS),
                    WatchedTable.quoted(random.pick(STATES)),
                    price(random),
                    random.below(10)))
        .collect(joining(", ", "(code, grp, status, price, qty, note, changed) VALUES ", ""));
  }
}

package dev.orderwire.judge;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.IntStream;

/** Rows with a counted key and a second unique one, written in every way that SQL has. */
final class Items implements WatchedTable {
  private static final int CODES = 4_000;
  private static final int GROUPS = 20;
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
  public List<String> keys() {
    return List.of(
        "DROP PRIMARY KEY, ADD PRIMARY KEY (id)", "DROP PRIMARY KEY, ADD PRIMARY KEY (code, id)");
  }

  @Override
  public List<Filter.Field> fields() {
    return FIELDS;
  }

  @Override
  public String value(Filter.Field field, Chance chance) {
    return switch (field.name()) {
      case "grp" -> String.valueOf(chance.below(GROUPS));
      case "status" -> chance.of(STATES);
      case "price" -> price(chance);
      default -> String.valueOf(chance.below(10));
    };
  }

  private static String price(Chance chance) {
    return "%d.%02d".formatted(chance.below(1_000), chance.below(100));
  }

  @Override
  public Sql statement(Chance chance, int rows) {
    int code = chance.below(CODES);
    String these =
        rows == 1
            ? "WHERE code = " + code
            : "WHERE code BETWEEN %d AND %d".formatted(code, code + rows * 2);
    return switch (chance.below(12)) {
      case 0, 1 -> new Sql("INSERT INTO item " + rows(chance, rows), true);
      case 2, 3 -> new Sql("REPLACE INTO item " + rows(chance, rows), true);
      case 4 ->
          new Sql(
              "INSERT INTO item "
                  + rows(chance, rows)
                  + " ON DUPLICATE KEY UPDATE price = VALUES(price), qty = COALESCE(qty, 0) + 1",
              true);
      case 5 -> new Sql("INSERT IGNORE INTO item " + rows(chance, rows), false);
      case 6 -> new Sql("DELETE FROM item " + these, false);
      case 7 -> new Sql("UPDATE item SET status = status, price = price " + these, false);
      case 8 ->
          new Sql(
              "UPDATE item SET id = id + %d %s ORDER BY id DESC"
                  .formatted(1 + chance.below(1_000_000), these),
              true);
      case 9 -> new Sql("UPDATE item SET grp = (grp + 1) %% %d %s".formatted(GROUPS, these), false);
      default -> new Sql("UPDATE item SET " + assignments(chance) + " " + these, false);
    };
  }

  private static String assignments(Chance chance) {
    return switch (chance.below(5)) {
      case 0 -> "status = " + WatchedTable.quoted(chance.of(STATES));
      case 1 -> "price = " + price(chance) + ", changed = NOW(3)";
      case 2 -> "qty = NULLIF(%d, 0)".formatted(chance.below(10));
      case 3 -> "note = NULLIF('note %d', 'note 0')".formatted(chance.below(5));
      default ->
          "status = %s, grp = %d"
              .formatted(WatchedTable.quoted(chance.of(STATES)), chance.below(GROUPS));
    };
  }

  private static String rows(Chance chance, int rows) {
    int code = chance.below(CODES);
    return IntStream.range(0, rows)
        .mapToObj(row ->
            "(%d, %d, %s, %s, NULLIF(%d, 0), NULL, NOW(3))"
                .formatted(
                    (code + row) % (CODES * Math.max(1, rows / 1_000)),
                    chance.below(GROUPS),
                    WatchedTable.quoted(chance.of(STATES)),
                    price(chance),
                    chance.below(10)))
        .collect(joining(", ", "(code, grp, status, price, qty, note, changed) VALUES ", ""));
  }
}

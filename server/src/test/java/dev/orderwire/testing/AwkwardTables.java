package dev.orderwire.testing;

import static java.util.stream.Collectors.joining;

import dev.orderwire.mysql.sql.Sql;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Tables whose names and shapes are difficult. Each has a row after {@link #create}, and a column
 * {@code n} of type INT that no key has.
 */
public final class AwkwardTables {
  private static final String SIXTY = "a".repeat(60);

  private static final Map<String, String> DEFINITIONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("select", "`from` INT PRIMARY KEY, `key` INT, `order` TEXT, n INT"),
              Map.entry("line item", "`the id` INT PRIMARY KEY, `NEW` INT, `OLD` INT, n INT"),
              Map.entry("größe 表", "`ключ` INT PRIMARY KEY, `größe` INT, n INT"),
              Map.entry(
                  "back`tick 'quote\" \\ ? {d } ;$$ -- x",
                  """
                  `a``b` INT, `c'd` INT, `e"f` INT, `g\\h` INT, `i?j` INT, `{fn k}` INT,
                  `l$$m;` INT, `%s -- o` INT, `#p/*` INT, `line
                  break` INT, n INT, PRIMARY KEY (`a``b`, `c'd`, `e"f`, `g\\h`)\
                  """),
              Map.entry("é".repeat(64), "`" + "ü".repeat(64) + "` INT PRIMARY KEY, n INT"),
              // The trigger names of these two are equal when shortened.
              Map.entry(SIXTY + "1111", "id INT PRIMARY KEY, n INT"),
              Map.entry(SIXTY + "2222", "id INT PRIMARY KEY, n INT"),
              // The trigger names of these three are equal to MySQL, the table names are not.
              Map.entry("orders", "id INT PRIMARY KEY, n INT"),
              Map.entry("Orders", "id INT PRIMARY KEY, n INT"),
              Map.entry("Örders", "id INT PRIMARY KEY, n INT"),
              Map.entry(
                  "composite",
                  "n INT, a DECIMAL(10,2), b BINARY(3), c DATETIME(6), d CHAR(3), e TIMESTAMP,"
                      + " PRIMARY KEY (d, c, b, a, e)"),
              Map.entry(
                  "generated",
                  "id INT PRIMARY KEY, n INT, s INT AS (n + 1) STORED, v INT AS (n + 2) VIRTUAL,"
                      + " t TEXT AS (CONCAT(n, 'x')) VIRTUAL, KEY (v), KEY ((n + 3))"),
              Map.entry(
                  "no primary key",
                  "n INT UNIQUE, a INT NOT NULL, b INT NOT NULL, c INT NOT NULL, d INT NULL UNIQUE,"
                      + " UNIQUE KEY a_first (a, b), UNIQUE KEY the_key (c), UNIQUE ((a + 1))"),
              Map.entry("text key", "k TEXT NOT NULL, n INT, UNIQUE KEY (k(5))"),
              Map.entry(
                  "wide",
                  IntStream.range(0, 1000)
                      .mapToObj(i -> ", `a column with a long name and the number " + i + "` INT")
                      .collect(joining("", "id INT PRIMARY KEY, n INT", "")))));

  private AwkwardTables() {}

  public static List<String> names() {
    return List.copyOf(DEFINITIONS.keySet());
  }

  public static void create(TestDatabase database) {
    DEFINITIONS.forEach((name, definition) ->
        database.execute(
            "CREATE TABLE %s (%s)".formatted(Sql.quote(name), definition),
            // Missing values become zeros and empty strings.
            "SET sql_mode = ''",
            "INSERT INTO %s (n) VALUES (1)".formatted(Sql.quote(name))));
  }
}

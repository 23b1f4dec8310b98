package dev.orderwire.mysql;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.sql.SqlPrefilter;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The SQL prefilter finds all rows of a view in every character set of MySQL. Each code of a set
 * that converts to printable ASCII is stored in a row and searched for.
 */
class CharacterSetsTest {
  private static final String FIRST = " ";
  private static final String LAST = "~";

  /** All codes of at most three bytes that can be a character, in hexadecimal. */
  private static final String CODES =
      """
      SELECT LPAD(HEX(n), 2, '0') AS code FROM numbers WHERE n < 256
      UNION ALL SELECT LPAD(HEX(n), 4, '0') FROM numbers
      UNION ALL SELECT CONCAT('8F', LPAD(HEX(n), 4, '0')) FROM numbers
      UNION ALL SELECT LPAD(HEX(n), 8, '0') FROM numbers WHERE n < 256\
      """;

  private static TestDatabase database;
  private static Mysql mysql;
  private static Connection connection;
  private static Map<String, Table> tables;

  @BeforeAll
  static void create() throws SQLException {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    connection = mysql.connect();
    database.execute(
        "CREATE TABLE digits (d INT PRIMARY KEY)",
        "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15)",
        "CREATE TABLE numbers (n INT PRIMARY KEY)",
        "INSERT INTO numbers SELECT a.d * 4096 + b.d * 256 + c.d * 16 + d.d"
            + " FROM digits a, digits b, digits c, digits d",
        "CREATE TABLE codes (code VARCHAR(8)) AS " + CODES);
    characterSets().forEach(CharacterSetsTest::fill);
    new TriggerCapture().install(mysql, characterSets().toList(), InstallOptions.DEFAULT);
    tables =
        TableVersions.read(mysql, characterSets().toList()).stream()
            .map(TableVersion::table)
            .collect(toMap(Table::name, table -> table));
  }

  /** Uses the collation that finds the fewest rows, and only codes that MySQL itself accepts. */
  private static void fill(String set) {
    database.execute(
        "SET sql_mode = ''",
        "CREATE TABLE %1$s (id INT AUTO_INCREMENT PRIMARY KEY, c VARCHAR(1) COLLATE %1$s_bin, KEY (c))"
            .formatted(set),
        """
        INSERT INTO %1$s (c) SELECT CONVERT(UNHEX(code) USING %1$s) FROM codes
         WHERE CHAR_LENGTH(CONVERT(UNHEX(code) USING %1$s)) = 1
           AND HEX(CONVERT(UNHEX(code) USING %1$s)) = code
           AND BINARY CONVERT(CONVERT(UNHEX(code) USING %1$s) USING utf8mb4) BETWEEN ' ' AND '~'
           AND CHAR_LENGTH(CONVERT(CONVERT(UNHEX(code) USING %1$s) USING utf8mb4)) = 1\
        """
            .formatted(set),
        // Some codes are not characters.
        "DELETE FROM %s WHERE c = ''".formatted(set));
  }

  @AfterAll
  static void drop() throws SQLException {
    connection.close();
    mysql.close();
    database.close();
  }

  private static Stream<String> characterSets() {
    return database
        .query(
            "SELECT character_set_name FROM information_schema.character_sets"
                + " WHERE character_set_name <> 'binary' ORDER BY 1")
        .stream()
        .map(List::getFirst);
  }

  @ParameterizedTest
  @MethodSource("characterSets")
  void rowsOfAViewAreFoundWithAndWithoutAnIndex(String set) throws SQLException {
    Table table = requireNonNull(tables.get(set));
    assertThat(table.column("c").orElseThrow().characterSet()).isEqualTo(set);
    Map<Long, Row> rows = MysqlRows.rows(mysql, table);
    Set<Long> seen = new TreeSet<>();
    for (String character :
        IntStream.rangeClosed(FIRST.charAt(0), LAST.charAt(0))
            .mapToObj(Character::toString)
            .toList()) {
      String where = "{\"c\":\"%s\"}".formatted(character.replaceAll("[\"\\\\]", "\\\\$0"));
      View view = Tables.view(table, where, null);
      Set<Long> wanted =
          rows.entrySet().stream()
              .filter(row -> view.matches(row.getValue()))
              .map(Map.Entry::getKey)
              .collect(toSet());
      for (String index : List.of("IGNORE", "FORCE")) {
        String from = "%s %s INDEX (c)".formatted(set, index);
        assertThat(MysqlRows.found(connection, from, SqlPrefilter.of(view.prefilter())))
            .as("%s %s", from, character)
            .containsAll(wanted);
      }
      seen.addAll(wanted);
    }
    // swe7 has Swedish letters in the place of ten of the 95.
    assertThat(seen).hasSameSizeAs(rows.keySet()).hasSizeGreaterThanOrEqualTo(85);
  }
}

package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctKeysTest {
  /** All codes of one and two bytes, and those of three and four where texts may become equal. */
  private static final String CODES =
      """
      SELECT LPAD(HEX(n), 2, '0') AS code FROM numbers WHERE n < 256
      UNION ALL SELECT LPAD(HEX(n), 4, '0') FROM numbers
      UNION ALL SELECT CONCAT('ED', HEX(n)) FROM numbers WHERE n BETWEEN 0x8000 AND 0xBFFF
      UNION ALL SELECT LPAD(HEX(n), 8, '0') FROM numbers WHERE n < 256
      UNION ALL SELECT CONCAT('0000', HEX(n)) FROM numbers WHERE n BETWEEN 0xD800 AND 0xDFFF
      UNION ALL SELECT CONCAT('D800', HEX(n)) FROM numbers WHERE n BETWEEN 0xDC00 AND 0xDFFF
      UNION ALL SELECT CONCAT('F231', HEX(n)) FROM numbers WHERE n BETWEEN 0x8130 AND 0x8139\
      """;

  private static TestDatabase database;
  private static Mysql mysql;

  @BeforeAll
  static void create() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    database.execute(
        "CREATE TABLE digits (d INT PRIMARY KEY)",
        "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15)",
        "CREATE TABLE numbers (n INT PRIMARY KEY)",
        "INSERT INTO numbers SELECT a.d * 4096 + b.d * 256 + c.d * 16 + d.d"
            + " FROM digits a, digits b, digits c, digits d",
        "CREATE TABLE codes (code VARCHAR(8) PRIMARY KEY) AS " + CODES);
  }

  @AfterAll
  static void drop() {
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

  private static @Nullable OrderwireException refusal(String definition) throws SQLException {
    database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (" + definition + ")");
    try (Connection connection = mysql.connect()) {
      return catchThrowableOfType(OrderwireException.class, () -> Schema.table(connection, "t"));
    }
  }

  /** Texts of the set that are one text in JSON: the codes of the first two. */
  private static List<List<@Nullable String>> equalInJson(String set) {
    database.execute(
        "DROP TABLE IF EXISTS texts",
        "SET sql_mode = ''",
        "CREATE TABLE texts (c VARCHAR(4) CHARACTER SET %s COLLATE %1$s_bin, code VARCHAR(8))"
            .formatted(set),
        "INSERT INTO texts SELECT UNHEX(code), code FROM codes"
            + " WHERE CHAR_LENGTH(CONVERT(UNHEX(code) USING %s)) = 1".formatted(set),
        // MySQL cuts a code that it finds malformed.
        "DELETE FROM texts WHERE HEX(c) <> code");
    return database.query(
        "SELECT MIN(code), MAX(code) FROM texts"
            + " GROUP BY HEX(CONVERT(c USING utf8mb4)) HAVING COUNT(*) > 1 LIMIT 1");
  }

  @ParameterizedTest
  @MethodSource("characterSets")
  void aKeyIsRefusedIfTwoTextsOfItsCharacterSetAreOneInJson(String set) throws SQLException {
    List<List<@Nullable String>> equal = equalInJson(set);
    assertThat(database.query("SELECT COUNT(*) > 127 FROM texts")).containsExactly(List.of("1"));
    OrderwireException refusal =
        refusal("n INT, k VARCHAR(9) CHARACTER SET " + set + ", PRIMARY KEY (n, k)");
    if (equal.isEmpty()) {
      // Newer versions of MySQL store no bytes above 7F in ascii, and no half surrogates in utf32.
      boolean oldest = database.query("SELECT 1 WHERE VERSION() LIKE '8.0.%'").size() == 1;
      assertThat(refusal == null || !oldest).isTrue();
    } else {
      assertThat(refusal)
          .as(equal.toString())
          .hasMessageContainingAll("table t", "column k", set, "utf8mb4")
          .extracting(OrderwireException::code)
          .isEqualTo(ErrorCode.AMBIGUOUS_KEY);
    }
    assertThat(refusal("n INT PRIMARY KEY, k VARCHAR(9) CHARACTER SET " + set)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          k ENUM('', 'a') PRIMARY KEY                        | empty member
          k SET('a', '') PRIMARY KEY                         | empty member
          k ENUM('a', ' ') PRIMARY KEY                       | empty member
          k ENUM('a', 'b') CHARACTER SET cp932 PRIMARY KEY   | cp932
          k LONGBLOB NOT NULL, UNIQUE (k(5))                 | their size
          k MEDIUMBLOB NOT NULL, UNIQUE (k(5))               | their size
          k TEXT CHARACTER SET ucs2 NOT NULL, UNIQUE (k(5))  | ucs2
          """)
  void otherKeysOfWhichTwoMayBeOneInJsonAreRefused(String definition, String reason)
      throws SQLException {
    assertThat(refusal(definition))
        .hasMessageContainingAll("column k", reason)
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.AMBIGUOUS_KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k ENUM('it''s', 'a b', ''',''') PRIMARY KEY",
        "k SET('a') PRIMARY KEY",
        "k BLOB NOT NULL, UNIQUE (k(5))",
        "k VARBINARY(20) PRIMARY KEY",
        "k VARCHAR(9) PRIMARY KEY, other ENUM('', 'a') NOT NULL UNIQUE"
      })
  void keysThatAlwaysDifferInJsonAreAccepted(String definition) throws SQLException {
    assertThat(refusal(definition)).isNull();
  }

  /** The reason for a refusal: MySQL keeps these rows apart, and JSON would not. */
  @Test
  void mysqlKeepsRowsApartWhoseKeysWouldBeOneInJson() {
    database.execute(
        "DROP TABLE IF EXISTS t",
        "SET sql_mode = ''",
        "CREATE TABLE t (k ENUM('', 'a') PRIMARY KEY)",
        "INSERT INTO t VALUES (''), ('not a member')");
    assertThat(database.query("SELECT CONCAT('=', k) FROM t"))
        .containsExactly(List.of("="), List.of("="));
  }
}

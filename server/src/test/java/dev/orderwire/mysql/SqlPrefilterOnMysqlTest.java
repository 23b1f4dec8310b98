package dev.orderwire.mysql;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Column;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.sql.SqlPrefilter;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MySQL finds the rows of a view by the SQL prefilter. One row has a column for each case. */
class SqlPrefilterOnMysqlTest {
  /** The column type, the stored value, and a value that equals it by the rules of views. */
  private static final String CASES =
      """
      varchar(9) character set latin1  | 'Abc'            | "Abc"
      varchar(9) character set sjis    | _sjis 0x5C       | "\\\\"
      varchar(9) character set sjis    | _sjis 0x815F     | "\\\\"
      varchar(9) character set cp932   | _cp932 0x8790    | "≒"
      varchar(9) character set cp932   | _cp932 0x81E0    | "≒"
      varchar(9) character set utf8mb4 | '😀'             | "😀"
      varchar(9) character set gbk     | _gbk 0xA140      | "?"
      varchar(9) character set ucs2    | '日本'             | "日本"
      varchar(9) collate utf8mb4_unicode_ci | 'é \u00ad😀 '   | "é \u00ad😀 "
      varchar(9) collate utf8mb4_0900_ai_ci | 'Ǆ\u0000 '     | "Ǆ\\u0000 "
      varchar(9) collate utf8mb4_bin   | 'e\u0301'        | "e\u0301"
      varchar(9)                       | ''               | ""
      char(9)                          | 'ab  '           | "ab"
      text                             | 'x?y'            | "x?y"
      enum('2','1')                    | '1'              | "1"
      enum('a','b')                    | 'refused'        | ""
      enum('a','A')                    | 2                | "A"
      enum('i','y') collate utf8mb4_lithuanian_ci | 2     | "y"
      set('e','é')                     | 2                | "é"
      set('e','é')                     | 3                | "e,é"
      enum('?','é') character set latin1 | 2              | "é"
      set('a','b')                     | ''               | ""
      set('a','b')                     | 'b,a'            | "a,b"
      year                             | 0                | 0
      year                             | 2000             | 2000
      year                             | 1901             | 1901
      year                             | 2155             | 2155
      bit(8)                           | 53               | 53
      bit(64)                          | 18446744073709551615 | 18446744073709551615
      bigint unsigned                  | 18446744073709551615 | "18446744073709551615"
      bigint                           | -9223372036854775808 | -9223372036854775808
      bigint                           | 9007199254740993 | 9007199254740993
      decimal(65,30)                   | 12345678901234567890123456789012345.000000000000000000000000000001 | "12345678901234567890123456789012345.000000000000000000000000000001"
      decimal(65,0)                    | 99999999999999999999999999999999999999999999999999999999999999999 | 99999999999999999999999999999999999999999999999999999999999999999
      decimal(10,2)                    | -0.00            | 0
      float                            | 0.1              | 0.1
      double                           | 0.1              | 0.1
      double                           | -0e0             | 0
      date                             | '0000-00-00'     | "0000-00-00"
      date                             | '2026-00-00'     | "2026-00-00"
      date                             | '2026-11-22'     | "2026-11-22"
      datetime                         | '0000-00-00'     | "0000-00-00T00:00:00"
      datetime                         | '0001-01-01'     | "0001-01-01"
      datetime(6)                      | '9999-12-31 23:59:59.999999' | "9999-12-31T23:59:59.999999"
      timestamp                        | '0000-00-00'     | "0000-00-00T00:00:00Z"
      timestamp                        | '1970-01-01 00:00:01' | "1970-01-01T01:00:01+01:00"
      timestamp(6)                     | '2038-01-19 03:14:07.999999' | "2038-01-19T03:14:07.999999Z"
      time                             | '-838:59:59'     | "-838:59:59"
      time(6)                          | '-00:00:00.000001' | "-00:00:00.000001"
      time                             | '24:00'          | "24:00"
      varbinary(9)                     | 0x0001           | "AAE="
      json                             | 'null'           | null
      json                             | '{"a": [1.0]}'   | {"eq":{"a":[1]}}
      point                            | POINT(1, 2.5)    | {"eq":{"type":"Point","coordinates":[1,2.5]}}
      date                             | NULL             | null
      text                             | NULL             | null
      """;

  private static final List<String> CHARACTER_SETS =
      List.of("ascii", "latin1", "utf8", "utf8mb4", "sjis", "gbk", "swe7", "ucs2");

  record Case(String column, String definition, String stored, String value) {
    boolean indexed() {
      return !definition.matches("(text|json|point).*");
    }
  }

  private static TestDatabase database;
  private static Mysql mysql;
  private static Connection connection;
  private static Table table;
  private static Row row;

  @BeforeAll
  static void create() throws SQLException {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    connection = mysql.connect();
    List<Case> cases = cases();
    database.execute(
        "SET time_zone = '+00:00', sql_mode = ''",
        cases.stream()
            .map(c ->
                ", %1$s %2$s NULL%3$s"
                    .formatted(
                        c.column(),
                        c.definition(),
                        c.indexed() ? ", KEY k%1$s (%1$s)".formatted(c.column()) : ""))
            .collect(joining("", "CREATE TABLE t (id BIGINT PRIMARY KEY", ")")),
        cases.stream()
            .map(c -> ", " + c.stored())
            .collect(joining("", "INSERT IGNORE INTO t VALUES (1", ")")),
        CHARACTER_SETS.stream()
            .map(set -> ", %1$s VARCHAR(9) CHARACTER SET %1$s DEFAULT 'a'".formatted(set))
            .collect(joining("", "CREATE TABLE texts (id INT PRIMARY KEY", ")")),
        "INSERT INTO texts (id) VALUES (1)",
        "CREATE TABLE numbers (id INT PRIMARY KEY)",
        "INSERT INTO numbers VALUES (1), (999), (1000)");
    table = MysqlRows.watched(mysql, "t");
    row = requireNonNull(MysqlRows.rows(mysql, table).get(1L));
  }

  @AfterAll
  static void drop() throws SQLException {
    connection.close();
    mysql.close();
    database.close();
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    CASES
        .lines()
        .map(line -> line.split("\\|"))
        .forEach(
            c -> cases.add(new Case("c" + cases.size(), c[0].strip(), c[1].strip(), c[2].strip())));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aMatchingRowIsFoundWithAndWithoutAnIndex(Case aCase) throws SQLException {
    View view = Tables.view(table, "{\"%s\":%s}".formatted(aCase.column(), aCase.value()), null);
    assertThat(view.matches(row)).as(row.json(aCase.column())).isTrue();
    for (String index : aCase.indexed() ? List.of("IGNORE", "FORCE") : List.of("")) {
      String from = index.isEmpty() ? "t" : "t %s INDEX (k%s)".formatted(index, aCase.column());
      assertThat(MysqlRows.found(connection, from, SqlPrefilter.of(view.prefilter())))
          .as(from)
          .containsExactly(1L);
    }
  }

  /** With some of them, a plain comparison is an error: "Illegal mix of collations". */
  @ParameterizedTest
  @ValueSource(strings = {"é", "日本", "😀", "\\u0000", "~[@]{|}", "'; DROP TABLE t", "`"})
  void textOutsideAColumnsCharacterSetIsNotAnError(String text) throws SQLException {
    for (String set : CHARACTER_SETS) {
      Column column = new Column(set, "varchar(9)", "varchar", set);
      Table texts = new Table("texts", List.of(column), List.of(set));
      View view = Tables.view(texts, "{\"%s\":{\"in\":[\"a\",\"%s\"]}}".formatted(set, text), null);
      assertThat(MysqlRows.found(connection, "texts", SqlPrefilter.of(view.prefilter())))
          .as(set)
          .containsExactly(1L);
    }
  }

  @Test
  void mysqlAcceptsTheMostValues() throws SQLException {
    String ids =
        IntStream.range(0, Tables.MOST_VALUES).mapToObj(String::valueOf).collect(joining(","));
    Table numbers = Tables.table("numbers", "id", "int");
    View view = Tables.view(numbers, "{\"id\":{\"in\":[" + ids + "]}}", null);
    assertThat(MysqlRows.found(connection, "numbers", SqlPrefilter.of(view.prefilter())))
        .containsExactly(1L, 999L);
  }
}

package dev.orderwire.mysql.sql;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Column;
import dev.orderwire.change.Table;
import dev.orderwire.view.Tables;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlPrefilterTest {
  private static final String ALL = "TRUE";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          int           | 5.0                           | 5
          int           | "-5"                          | -5
          int           | 1e3                           | 1000
          int           | 1.5                           | TRUE
          bigint        | 18446744073709551615          | 18446744073709551615
          bigint        | 1e999999999                   | TRUE
          bigint        | 1e-999999999                  | TRUE
          decimal(10,2) | "10.00"                       | 10
          decimal(10,2) | 1e-3                          | 0.001
          decimal(10,2) | 1e999999999                   | TRUE
          decimal(10,2) | 1e-999999999                  | TRUE
          year          | 2026                          | 2026
          varchar(20)   | "pending"                     | pending
          varchar(20)   | "naïve 日本 😀 \\\\ ?"          | naïve 日本 😀 \\ ?
          text          | ""                            | ``
          char(36)      | "3f2a-4e <x@y.z> ~!"          | 3f2a-4e <x@y.z> ~!
          uuid          | "a"                           | TRUE
          date          | "2026-11-22"                  | 2026-11-22
          datetime      | "2026-11-22T10:00:05"         | 2026-11-22 10:00:05
          datetime(6)   | "2026-11-22T10:00:00.000010"  | 2026-11-22 10:00:00.00001
          datetime(6)   | "2026-11-22T10:00:00.0000001" | TRUE
          timestamp     | "2026-11-22T01:00:00+02:00"   | 2026-11-21 23:00:00
          timestamp     | "2038-01-19T03:14:08Z"        | TRUE
          time          | "-838:59:59"                  | -838:59:59
          time(6)       | "-0:00:00.5"                  | -00:00:00.5
          time          | "09:05"                       | 09:05:00
          bit(8)        | 5                             | TRUE
          float         | 0.5                           | TRUE
          double        | 0.5                           | TRUE
          blob          | "AAE="                        | TRUE
          json          | 5                             | TRUE
          """)
  void comparisonsThatMysqlMakesAlikeAreTranslated(String type, String value, String parameter) {
    SqlCondition condition =
        SqlPrefilter.of(
            Tables.view(table("t", "c", type), "{\"c\":" + value + "}", null).prefilter());
    assertThat(condition)
        .isEqualTo(
            parameter.equals(ALL)
                ? SqlCondition.ALL
                : new SqlCondition("(`c` = ?)", List.of(parameter)));
  }

  /** MySQL can use an index only to compare stored values. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          varchar(20) | utf8     | é'?~\\\\ | stored
          text        | utf8mb3  | é'?~\\\\ | stored
          text        | utf8mb3  | 😀       | converted
          varchar(20) | latin1   | a'~      | stored
          varchar(20) | latin1   | é        | converted
          varchar(20) | latin1   | ?        | converted
          varchar(20) | ujis     | a'       | stored
          varchar(20) | ujis     | ~        | converted
          varchar(20) | sjis     | a'~      | stored
          varchar(20) | sjis     | \\\\     | converted
          varchar(20) | armscii8 | a~       | stored
          varchar(20) | armscii8 | '        | converted
          varchar(20) | future   | a        | converted
          varchar(20) | ``       | a        | converted
          enum('a')   | utf8mb4  | a        | converted
          set('a')    | utf8mb4  | a        | converted
          """)
  void textWithOneEncodingIsComparedAsStored(
      String type, String characterSet, String text, String as) {
    Column column = new Column("c", type, type.split("[(]", 2)[0], characterSet);
    Table table = new Table("t", List.of(column), List.of("c"));
    String where = "{\"c\":\"%s\"}".formatted(text);
    assertThat(SqlPrefilter.of(Tables.view(table, where, null).prefilter()).sql())
        .isEqualTo(as.equals("stored") ? "(`c` = ?)" : "(CONVERT(`c` USING utf8mb4) = ?)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                           | TRUE
          {"id":1,"note":null}                         | ((`id` = ?) AND `note` IS NULL)
          {"id":{"in":[1,2]}}                          | (`id` = ? OR `id` = ?)
          {"id":{"in":[1,1.5]}}                        | TRUE
          {"id":{"in":[]}}                             | FALSE
          {"or":[{"id":1},{"note":null}]}              | ((`id` = ?) OR `note` IS NULL)
          {"or":[{"id":1},{"amount":{"gt":5}}]}        | TRUE
          {"or":[]}                                    | FALSE
          {"id":1,"amount":{"gt":5}}                   | ((`id` = ?))
          {"not":{"id":1}}                             | TRUE
          {"id":{"ne":1}}                              | TRUE
          {"note":{"null":false}}                      | TRUE
          {"doc":null}                                 | TRUE
          {"not":{"not":{"id":1}}}                     | (`id` = ?)
          """)
  void conditionsAreJoinedWithoutNarrowing(String where, String sql) {
    assertThat(SqlPrefilter.of(Tables.view(ORDERS, where, null).prefilter()).sql()).isEqualTo(sql);
  }
}

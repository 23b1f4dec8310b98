package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.changelog.SqlCondition;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AheadTest {
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
          char(36)      | "3f2a-4e <x@y.z> ~!"          | 3f2a-4e <x@y.z> ~!
          enum('a')     | "a"                           | a
          enum('a')     | ""                            | TRUE
          varchar(20)   | "naïve"                       | TRUE
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
  void whatMysqlComparesAsWeDoIsLeftToIt(String type, String value, String parameter) {
    SqlCondition condition =
        View.parse(table("t", "c", type), "{\"c\":" + value + "}", null).condition();
    assertThat(condition)
        .isEqualTo(
            parameter.equals(ALL)
                ? SqlCondition.ALL
                : new SqlCondition("(`c` = ?)", List.of(parameter)));
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
          {"or":[{"id":1},{"status":"é"}]}             | TRUE
          {"or":[]}                                    | FALSE
          {"id":1,"status":"é"}                        | ((`id` = ?))
          {"id":1,"amount":{"gt":5}}                   | ((`id` = ?))
          {"not":{"id":1}}                             | TRUE
          {"id":{"ne":1}}                              | TRUE
          {"note":{"null":false}}                      | TRUE
          {"doc":null}                                 | TRUE
          {"not":{"not":{"id":1}}}                     | (`id` = ?)
          """)
  void conditionsAreJoinedWithoutNarrowing(String where, String sql) {
    assertThat(View.parse(ORDERS, where, null).condition().sql()).isEqualTo(sql);
  }
}

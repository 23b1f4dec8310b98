package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.json;
import static dev.orderwire.view.Tables.row;
import static dev.orderwire.view.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhereTest {
  private static final Row ROW =
      row("id", "7", "status", "\"pending\"", "amount", "\"10.50\"", "note", "null", "paid", "1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # numbers, exactly
          int             | 5                      | 5                                 | TRUE
          int             | 5                      | "5"                               | TRUE
          int             | 5                      | 5.0                               | TRUE
          int             | 5                      | {"lt":5.1}                        | TRUE
          int             | -5                     | {"lt":-4}                         | TRUE
          int             | 10                     | {"gt":9}                          | TRUE
          int             | 0                      | -0.0                              | TRUE
          int             | 5                      | 6                                 | FALSE
          bigint unsigned | 18446744073709551615   | 18446744073709551615              | TRUE
          bigint unsigned | 18446744073709551615   | "18446744073709551615"            | TRUE
          bigint unsigned | 18446744073709551615   | 18446744073709551616              | FALSE
          bigint unsigned | 18446744073709551615   | {"gt":18446744073709551614}       | TRUE
          bigint          | -9223372036854775808   | {"lte":-9223372036854775808}      | TRUE
          bigint          | 9007199254740993       | 9007199254740992                  | FALSE
          bigint          | 1                      | {"lt":1e999999999}                | TRUE
          bigint          | 1                      | {"gt":"1e-999999999"}             | TRUE
          decimal(10,2)   | "10.00"                | "10.0"                            | TRUE
          decimal(10,2)   | "10.00"                | 10                                | TRUE
          decimal(10,2)   | "10.00"                | 1e1                               | TRUE
          decimal(10,2)   | "-0.00"                | 0                                 | TRUE
          decimal(10,2)   | "9.99"                 | {"lt":"10.00"}                    | TRUE
          decimal(10,2)   | "100.00"               | {"lt":"20.00"}                    | FALSE
          decimal(10,2)   | "10.00"                | {"gte":"10.00","lt":"20.00"}      | TRUE
          decimal(10,2)   | "20.00"                | {"gte":"10.00","lt":"20.00"}      | FALSE
          decimal(65,30)  | "0.100000000000000000000000000001" | "0.1"                 | FALSE
          decimal(65,30)  | "0.100000000000000000000000000001" | {"gt":0.1}            | TRUE
          decimal(65,30)  | "0.100000000000000000000000000001" | 0.100000000000000000000000000001 | TRUE
          float           | 0.10000000149011612    | 0.1                               | TRUE
          float           | 0.1                    | "0.1"                             | TRUE
          float           | 0.1                    | {"lt":0.2}                        | TRUE
          double          | 0.1                    | 0.1                               | TRUE
          double          | 0.1                    | 0.10000000000000002               | FALSE
          double          | -0.0                   | 0                                 | TRUE
          double          | 1e300                  | {"gt":1e299}                      | TRUE
          year            | 2026                   | {"in":[2025,2026]}                | TRUE
          bit(64)         | 18446744073709551615   | 18446744073709551615              | TRUE
          tinyint(1)      | 1                      | true                              | TRUE
          tinyint(1)      | 0                      | true                              | FALSE
          tinyint(1)      | 0                      | false                             | TRUE
          tinyint(1)      | 2                      | {"gt":1}                          | TRUE
          bit(1)          | 1                      | {"ne":true}                       | FALSE

          # text, by code points
          varchar(20)     | "pending"              | "pending"                         | TRUE
          varchar(20)     | "pending"              | "Pending"                         | FALSE
          varchar(20)     | "pending"              | "pending "                        | FALSE
          varchar(20)     | "e"                    | "é"                               | FALSE
          varchar(20)     | "é"                    | "e\\u0301"                        | FALSE
          varchar(20)     | "é"                    | "\\u00e9"                         | TRUE
          varchar(20)     | "a\\"b\\\\c\\n\\u0001" | "a\\"b\\\\c\\u000a\\u0001"        | TRUE
          varchar(20)     | "\\u0001"              | {"lt":"\\u0002"}                  | TRUE
          varchar(20)     | "Z"                    | {"lt":"a"}                        | TRUE
          varchar(20)     | "a"                    | {"lt":"ab"}                       | TRUE
          varchar(20)     | ""                     | {"lt":"a"}                        | TRUE
          varchar(20)     | ""                     | ""                                | TRUE
          varchar(20)     | "｡"                    | {"lt":"😀"}                       | TRUE
          varchar(20)     | "😀"                   | {"gt":"｡"}                        | TRUE
          varchar(20)     | "😀"                   | {"lt":"😁"}                       | TRUE
          varchar(20)     | "\\ud83d\\ude00"       | "😀"                              | TRUE
          varchar(20)     | "10"                   | {"lt":"9"}                        | TRUE
          enum('b','a')   | "b"                    | {"gt":"a"}                        | TRUE
          set('a','b')    | "a,b"                  | "a,b"                             | TRUE
          set('a','b')    | "a,b"                  | "b,a"                             | FALSE
          uuid            | "x"                    | "x"                               | TRUE

          # times, as times
          date            | "2026-11-22"           | "2026-11-22"                      | TRUE
          date            | "2026-11-22"           | {"gt":"2026-11-03"}               | TRUE
          date            | "0000-00-00"           | {"lt":"0001-01-01"}               | TRUE
          date            | "0000-00-00"           | "0000-00-00"                      | TRUE
          datetime(6)     | "2026-11-22T10:00:00.500000" | "2026-11-22T10:00:00.5"     | TRUE
          datetime(6)     | "2026-11-22T10:00:00.500000" | "2026-11-22 10:00:00.500000000" | TRUE
          datetime(6)     | "2026-11-22T10:00:00.500000" | {"lt":"2026-11-22T10:00:00.500000001"} | TRUE
          datetime        | "2026-11-22T10:00:00"  | "2026-11-22T10:00"                | TRUE
          datetime        | "2026-11-22T10:00:00"  | {"gte":"2026-11-22"}              | TRUE
          datetime        | "2026-11-22T00:00:00"  | "2026-11-22"                      | TRUE
          datetime        | "2026-03-29T02:30:00"  | {"gt":"2026-03-29T02:29:59.9"}    | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.000000Z" | "2026-11-22T10:00:00Z"     | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.000000Z" | "2026-11-22T12:00:00+02:00" | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.000000Z" | "2026-11-22 04:30:00-0530" | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.000000Z" | "2026-11-22T10:00:00"      | TRUE
          timestamp(6)    | "2026-12-31T23:00:00.000000Z" | "2027-01-01T01:00:00+02:00" | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.123456Z" | {"gt":"2026-11-22T10:00:00.123Z"} | TRUE
          timestamp(6)    | "2026-11-22T10:00:00.000000Z" | {"lt":"2026-11-22T10:00:00-01:00"} | TRUE
          timestamp       | "0000-00-00T00:00:00Z" | {"lt":"1970-01-01T00:00:00Z"}     | TRUE
          time            | "-838:59:59"           | {"lt":"-01:00:00"}                | TRUE
          time            | "100:00:00"            | {"gt":"99:59:59"}                 | TRUE
          time(3)         | "10:00:00.500"         | "10:00:00.5"                      | TRUE
          time            | "-00:00:01"            | {"lt":"00:00"}                    | TRUE
          time(1)         | "-00:00:00.5"          | {"gt":"-00:00:01"}                | TRUE

          # bytes and JSON
          varbinary(9)    | "AAE="                 | "AAE="                            | TRUE
          varbinary(9)    | "AAE="                 | "AAE"                             | TRUE
          blob            | "AAE="                 | {"ne":"AAA="}                     | TRUE
          blob            | "AAEC\\nAwQF"          | "AAECAwQF"                        | TRUE
          json            | {"a": 1, "b": [1.0]}   | {"eq":{"b":[1],"a":1.00}}         | TRUE
          json            | {"a": [1, 2]}          | {"eq":{"a":[2,1]}}                | FALSE
          json            | {"a": "1"}             | {"eq":{"a":1}}                    | FALSE
          json            | [{}, [], "", null]     | {"eq":[{},[],"",null]}            | TRUE
          json            | "x"                    | "x"                               | TRUE
          json            | true                   | true                              | TRUE
          json            | true                   | 1                                 | FALSE
          json            | 1e2                    | {"in":[5,100]}                    | TRUE
          json            | "😀"                   | "\\ud83d\\ude00"                  | TRUE
          point           | {"type": "Point", "coordinates": [1.0, 2.5]} | {"eq":{"type":"Point","coordinates":[1,2.5]}} | TRUE

          # lists and NULL
          int             | 5                      | {"in":[4,5]}                      | TRUE
          int             | 5                      | {"in":[4]}                        | FALSE
          int             | 5                      | {"in":[]}                         | FALSE
          int             | 5                      | {"nin":[]}                        | TRUE
          int             | 5                      | {"nin":[4,"5.0"]}                 | FALSE
          int             | 5                      | null                              | FALSE
          int             | 5                      | {"ne":null}                       | TRUE
          int             | 5                      | {"null":false}                    | TRUE
          int             | null                   | null                              | TRUE
          int             | null                   | {"eq":null}                       | TRUE
          int             | null                   | {"ne":null}                       | FALSE
          int             | null                   | {"null":true}                     | TRUE
          int             | null                   | {"null":false}                    | FALSE
          int             | null                   | 5                                 | UNKNOWN
          int             | null                   | {"ne":5}                          | UNKNOWN
          int             | null                   | {"lt":5}                          | UNKNOWN
          int             | null                   | {"gte":5}                         | UNKNOWN
          int             | null                   | {"in":[]}                         | UNKNOWN
          int             | null                   | {"nin":[5]}                       | UNKNOWN
          json            | null                   | {"ne":1}                          | UNKNOWN
          int             | null                   | {"null":true,"gt":5}              | UNKNOWN
          int             | null                   | {"null":false,"gt":5}             | FALSE
          varchar(9)      | "null"                 | null                              | FALSE
          varchar(9)      | "null"                 | "null"                            | TRUE

          # rows from before the column was altered
          int             | "abc"                  | {"ne":5}                          | UNKNOWN
          int             | "abc"                  | null                              | FALSE
          datetime        | "soon"                 | {"lt":"2026-01-01"}               | UNKNOWN
          varchar(9)      | 5                      | "5"                               | UNKNOWN
          blob            | "%%%"                  | {"ne":"AAE="}                     | UNKNOWN
          """)
  void aCellIsComparedByItsType(String type, String cell, String operators, Truth expected) {
    Table table = table("t", "c", type);
    assertThat(where(table, "{\"c\":" + operators + "}").test(row("c", cell))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                    | TRUE
          {"status":"pending","id":7}                           | TRUE
          {"status":"pending","id":8}                           | FALSE
          {"and":[]}                                            | TRUE
          {"or":[]}                                             | FALSE
          {"not":{}}                                            | FALSE
          {"or":[{"id":8},{"status":"pending"}]}                | TRUE
          {"or":[{"id":8},{"status":"done"}]}                   | FALSE
          {"and":[{"id":7},{"status":"done"}]}                  | FALSE
          {"not":{"id":8}}                                      | TRUE
          {"not":{"id":7,"status":"done"}}                      | TRUE
          {"note":"x"}                                          | UNKNOWN
          {"not":{"note":"x"}}                                  | UNKNOWN
          {"not":{"not":{"note":"x"}}}                          | UNKNOWN
          {"note":"x","id":7}                                   | UNKNOWN
          {"note":"x","id":8}                                   | FALSE
          {"not":{"note":"x","id":8}}                           | TRUE
          {"or":[{"note":"x"},{"id":8}]}                        | UNKNOWN
          {"or":[{"note":"x"},{"id":7}]}                        | TRUE
          {"not":{"or":[{"note":"x"},{"id":7}]}}                | FALSE
          {"note":null,"or":[{"id":1},{"not":{"paid":false}}]}  | TRUE
          {"doc":null}                                          | TRUE
          {"doc":1}                                             | UNKNOWN
          """)
  void conditionsAreCombinedByTheLogicOfSql(String json, Truth expected) {
    assertThat(where(ORDERS, json).test(ROW)).isEqualTo(expected);
  }

  @Test
  void unknownLiesBetweenFalseAndTrue() {
    for (Truth one : Truth.values()) {
      for (Truth other : Truth.values()) {
        assertThat(one.and(other).not()).isEqualTo(one.not().or(other.not()));
        assertThat(one.and(other)).isEqualTo(other.and(one));
      }
      assertThat(one.and(Truth.FALSE)).isEqualTo(Truth.FALSE);
      assertThat(one.and(Truth.TRUE)).isEqualTo(one);
    }
    assertThat(Truth.UNKNOWN.not()).isEqualTo(Truth.UNKNOWN);
    assertThat(Truth.UNKNOWN.and(Truth.UNKNOWN)).isEqualTo(Truth.UNKNOWN);
  }

  private static Where where(Table table, String json) {
    return WhereParser.parse(table, json(json));
  }
}

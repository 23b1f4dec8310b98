package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.json;
import static dev.orderwire.view.Tables.row;
import static dev.orderwire.view.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class WhereParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                        | a where, and each part of and, or and not, must be an object
          "id"                      | must be an object
          5                         | must be an object
          {"and":{"id":1}}          | and takes a list
          {"or":"id"}               | or takes a list
          {"not":[{"id":1}]}        | must be an object
          {"and":[1]}               | must be an object
          {"or":[null]}             | must be an object
          {"and":[{"or":[[]]}]}     | must be an object
          {"id":[1,2]}              | {"in":[…]}
          {"id":{}}                 | operators
          {"id":{"in":1}}           | in takes a list, not 1
          {"id":{"nin":{"a":1}}}    | nin takes a list
          {"id":{"null":1}}         | null takes true or false
          {"id":{"null":null}}      | null takes true or false
          """)
  void theErrorForAMalformedConditionShowsTheRightForm(String json, String message) {
    refused(json, "bad_where").withMessageContaining(message);
  }

  @Test
  void theErrorForAnUnknownColumnNamesTheNearest() {
    refused("{\"stauts\":1}", "unknown_column")
        .withMessage("table \"orders\" has no column \"stauts\"; the nearest is \"status\"");
    refused("{\"AMOUNT\":1}", "unknown_column").withMessageContaining("nearest is \"amount\"");
    refused("{\"not\":{\"or\":[{\"nto\":1}]}}", "unknown_column").withMessageContaining("\"note\"");
    refused("{\"$where\":1}", "unknown_column");
    refused("{\"" + "x".repeat(40_000) + "\":1}", "unknown_column")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @ParameterizedTest
  @ValueSource(strings = {"like", "EQ", "$gt", "", "=="})
  void theErrorForAnUnknownOperatorListsAllOperators(String operator) {
    refused("{\"status\":{\"" + operator + "\":1}}", "unknown_operator")
        .withMessageContaining("\"status\"")
        .withMessageContaining("\"" + operator + "\"")
        .withMessageContaining("eq, ne, lt, lte, gt, gte, in, nin and null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          int          | "abc"                   | a number
          int          | ""                      | a number
          int          | " 5"                    | a number
          int          | "0x10"                  | a number
          int          | "NaN"                   | a number
          int          | "١٢"                    | a number
          int          | "1e9999999999"          | a number
          int          | true                    | a number
          int          | {"gt":[1]}              | a number
          int          | {"eq":{}}               | a number
          int          | {"in":[1,"x"]}          | a number
          int          | {"in":[1,[2]]}          | a number
          tinyint(1)   | "yes"                   | true, false or a number
          float        | 1e39                    | float
          double       | 1e309                   | double
          double       | "1d"                    | a number
          text         | 5                       | text
          text         | true                    | text
          text         | {"lt":{"eq":"x"}}       | text
          date         | "22.11.2026"            | "2026-11-22"
          date         | "2026-11-22T10:00:00"   | "2026-11-22"
          date         | "2026-13-01"            | "2026-11-22"
          date         | 20261122                | "2026-11-22"
          datetime     | "2026-11-22T10:00:00Z"  | without an offset
          datetime     | "2026-11-22T24:00:00"   | such as
          datetime     | "2026-11-22T10:60"      | such as
          datetime     | "2026-11-22T10:00:60"   | such as
          datetime     | "2026-11-32"            | such as
          datetime     | "2026-11-22T1:00"       | such as
          datetime     | "2026-11-22T10:00:00.0123456789" | such as
          timestamp    | "2026-02-31T10:00:00+01:00"      | such as
          timestamp    | "2026-11-22T10:00:00+99:00"      | such as
          timestamp    | "2026-11-22T10:00:00 02:00"      | such as
          timestamp    | "now"                   | such as
          timestamp    | 1763805600              | such as
          time         | "839:00:00"             | 838:59:59
          time         | "838:59:59.5"           | 838:59:59
          time         | "10:60"                 | 838:59:59
          time         | "10:00:60"              | 838:59:59
          time         | "+10:00"                | 838:59:59
          blob         | "%"                     | base64
          blob         | 5                       | base64
          json         | {"lt":1}                | has no order
          blob         | {"gte":"AAE="}          | has no order
          point        | {"gt":"AAE="}           | has no order
          json         | 1000e2147483647         | JSON
          int          | 1000e2147483647         | a number
          int          | {"lt":null}             | {"null":true}
          int          | {"in":[1,null]}         | {"null":true}
          """)
  void theErrorForAWrongTypeSaysWhatTheColumnTakes(String type, String value, String message) {
    Table table = table("t", "c", type);
    refused(table, "{\"c\":" + value + "}", "wrong_type")
        .withMessageContaining("column \"c\" (" + type + ")")
        .withMessageContaining(message);
  }

  @Test
  void aLongValueIsShortenedInTheError() {
    refused("{\"id\":\"" + "😀".repeat(400) + "\"}", "wrong_type")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).contains("😀…"));
  }

  @ParameterizedTest
  @EnumSource(WhereLimit.class)
  void limitsAreInclusive(WhereLimit limit) {
    String most = asMuchAs(limit, limit.number());
    assertThat(WhereParser.parse(ORDERS, json(most))).isNotNull();
    refused(asMuchAs(limit, limit.number() + 1), "bad_where")
        .withMessageContaining("at most " + limit.number() + " ");
  }

  private static String asMuchAs(WhereLimit limit, int much) {
    return switch (limit) {
      case LEVELS -> "{\"not\":".repeat(much) + "{}" + "}".repeat(much);
      case CONDITIONS -> "{\"or\":[" + "{},".repeat(much - 3) + "{\"id\":1}]}";
      case VALUES ->
          IntStream.range(0, much - 1)
              .mapToObj(String::valueOf)
              .collect(Collectors.joining(",", "{\"status\":\"a\",\"id\":{\"in\":[", "]}}"));
      case CHARACTERS -> "{\"status\":\"" + "a".repeat(much - 2) + "\"}";
    };
  }

  @Test
  void hostileConditionsAreRefused() {
    refused("{\"and\":[".repeat(11) + "]}".repeat(11), "bad_where");
    refused("{\"doc\":" + "[".repeat(499) + "]".repeat(499) + "}", "bad_where");
    refused("{\"amount\":\"" + "9".repeat(99_000) + "\"}", "bad_where");
    refused("{\"and\":[" + "{},".repeat(30_000) + "{}]}", "bad_where");
    refused("{\"id\":{\"in\":[" + "1,".repeat(40_000) + "1]}}", "bad_where");
  }

  @Test
  void aDocumentMayBeAsDeepAsMysqlAllows() {
    String document = "[".repeat(100) + "]".repeat(100);
    Where where = WhereParser.parse(ORDERS, json("{\"doc\":{\"eq\":" + document + "}}"));
    assertThat(where.test(row("doc", document))).isEqualTo(Truth.TRUE);
  }

  /** The limits hold for every caller, not only for parsed text. */
  @Test
  void aTreeBuiltInCodeIsLimitedToo() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (int depth = 0; depth < 100_000; depth++) {
      ObjectNode above = JsonNodeFactory.instance.objectNode();
      above.set("not", tree);
      tree = above;
    }
    ObjectNode deep = tree;
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> WhereParser.parse(ORDERS, deep))
        .withMessageContaining("10 levels");
    ObjectNode notANumber = JsonNodeFactory.instance.objectNode().put("id", Double.NaN);
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> WhereParser.parse(ORDERS, notANumber))
        .withMessageContaining("a number");
  }

  private static ThrowableAssertAlternative<OrderwireException> refused(String json, String code) {
    return refused(ORDERS, json, code);
  }

  private static ThrowableAssertAlternative<OrderwireException> refused(
      Table table, String json, String code) {
    return assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> WhereParser.parse(table, json(json)))
        .satisfies(e -> assertThat(e.code().text()).as(e.getMessage()).isEqualTo(code));
  }
}

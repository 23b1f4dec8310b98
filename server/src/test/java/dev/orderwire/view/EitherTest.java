package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EitherTest {
  private static Where where(String json) {
    return WhereParser.parse(ORDERS, JsonMapper.shared().readTree(json.replace('\'', '"')));
  }

  private static String either(String one, String other) {
    return Where.either(where(one), where(other)).toString();
  }

  @Test
  void onlyTheDifferenceOfTwoListsIsLeft() {
    assertThat(either("{'status':{'in':['a','b','c']}}", "{'status':{'in':['b','c','d']}}"))
        .isEqualTo(where("{'status':{'in':['a','d']}}").toString());
    assertThat(either("{'id':7}", "{'id':8}")).isEqualTo(where("{'id':{'in':[7,8]}}").toString());
    assertThat(
            either(
                "{'id':{'gt':5},'status':{'in':['a','b']}}",
                "{'status':{'in':['b']},'id':{'gt':5}}"))
        .isEqualTo(where("{'id':{'gt':5},'status':'a'}").toString());
  }

  @Test
  void equalConditionsLeaveNothing() {
    assertThat(either("{'id':1,'status':'a'}", "{'status':'a','id':1}"))
        .isEqualTo(where("{'or':[]}").toString());
    assertThat(either("{'status':{'in':['a','b']}}", "{'status':{'in':['b','a']}}"))
        .isEqualTo(where("{'or':[]}").toString());
  }

  private static List<RandomWhere.Both> values(String... sql) {
    return Stream.of(sql)
        .map(value -> new RandomWhere.Both(value.replace('\'', '"'), value))
        .toList();
  }

  @Test
  void noRowThatMatchesOneOfTheConditionsIsMissed() {
    Random random = new Random(6);
    RandomWhere wheres =
        new RandomWhere(
            random,
            List.of(
                new Subject("id", "bigint unsigned", "`id`", true, values("1", "2", "3")),
                new Subject("status", "varchar(20)", "`status`", true, values("'a'", "'b'"))));
    List<Row> rows =
        Stream.of("0", "1", "2", "3")
            .flatMap(id ->
                Stream.of("null", "\"a\"", "\"b\"", "\"c\"")
                    .map(status -> row("id", id, "status", status)))
            .toList();
    int differing = 0;
    for (int i = 0; i < 3_000; i++) {
      String common = wheres.next().json();
      Where one = where("{'and':[" + common + "," + wheres.next().json() + "]}");
      Where other = where("{'and':[" + wheres.next().json() + "," + common + "]}");
      Where either = Where.either(one, other);
      for (Row row : rows) {
        if ((one.test(row) == Truth.TRUE) != (other.test(row) == Truth.TRUE)) {
          differing++;
          assertThat(either.test(row)).as("%s, %s: %s", one, other, row).isEqualTo(Truth.TRUE);
        }
      }
    }
    assertThat(differing).isGreaterThan(1_000);
  }
}

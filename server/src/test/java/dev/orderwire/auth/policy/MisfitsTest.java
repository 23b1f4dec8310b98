package dev.orderwire.auth.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.view.Tables;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Conditions of policies, compared with their table before any client comes. */
final class MisfitsTest {
  private static List<String> misfits(String rows) {
    List<String> problems = new ArrayList<>();
    Policies read =
        Policies.read(
            JsonMapper.shared()
                .readTree(
                    "{'orders': {'customer': {'rows': %s}}}".formatted(rows).replace('\'', '"')),
            new Seal(new byte[32]),
            problems);
    assertThat(problems).isEmpty();
    return read.misfits(List.of(Tables.ORDERS));
  }

  /** Also where a claim stands, which only a client has. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'status': {'gue': '${claims.sub}'}} | no operator \"gue\"",
        "{'not': {'status': {'eq': '${claims.sub}', 'like': 'x'}}} | no operator \"like\"",
        "{'status': ['${claims.sub}']} | takes a value, or a list as",
        "{'status': {'null': '${claims.sub}'}} | null takes true or false",
        "{'status': {'in': {'eq': '${claims.sub}'}}} | in takes a list",
        "{'amount': {'in': ['${claims.sub}', 'x']}} | takes a number",
        "{'and': '${claims.sub}'} | and takes a list",
        "{'not': '${claims.sub}'} | must be an object",
        "{'state': '${claims.sub}'} | no column \"state\"",
      })
  void conditionsThatFitNoClientAreReported(String rows, String misfit) {
    assertThat(misfits(rows)).hasSize(1).first().asString().contains(misfit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'status': '${claims.sub}'}",
        "{'status': {'eq': '${claims.sub}', 'ne': '${claims.other}'}}",
        "{'amount': {'gte': '${claims.sub}', 'lt': 10, 'null': false}}",
        "{'amount': {'in': '${claims.sub}'}}",
        "{'amount': {'nin': ['${claims.sub}', 7]}}",
        "{'or': [{'not': {'status': {'lte': '${claims.sub}'}}}, {'status': null}]}",
      })
  void conditionsWithClaimsAreNotReported(String rows) {
    assertThat(misfits(rows)).isEmpty();
  }
}

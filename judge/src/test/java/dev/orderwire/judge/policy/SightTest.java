package dev.orderwire.judge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.table.Filter;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.ViewSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class SightTest {
  private static final String CUSTOMER_OF_ITEMS = "{\"grp\": 7}";

  private final Policies policies = new Policies(new Seal(secret()));

  private static byte[] secret() {
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) i;
    }
    return secret;
  }

  @Test
  void aClaimDecidesWhichRowsAreSeen() {
    Sight sight = sight("item", "customer", CUSTOMER_OF_ITEMS);
    assertThat(sight.allows(json("{\"grp\": 7}"))).isTrue();
    assertThat(sight.allows(json("{\"grp\": 8}"))).isFalse();
    assertThat(sight.sqlCondition()).isEqualTo("`grp` = 7");
    assertThat(sight("item", "customer", "{\"grp\": \"7\"}").allows(json("{\"grp\": 7}"))).isTrue();
  }

  @Test
  void aClaimThatIsMissingOrNoValueOfItsColumnShowsNoRows() {
    for (String claims : List.of("{}", "{\"grp\": \"seven\"}", "{\"grp\": [7]}")) {
      Sight sight = sight("item", "customer", claims);
      assertThat(sight.allows(json("{\"grp\": 7}"))).as(claims).isFalse();
      assertThat(sight.sqlCondition()).as(claims).isEqualTo("FALSE");
    }
    // Also where the other half of the rule would let the row through.
    assertThat(
            sight("item", "blind", "{\"status\": \"paid\"}")
                .allows(json("{\"grp\": 7, \"status\": \"paid\"}")))
        .isFalse();
  }

  @Test
  void aListOfClaimsShowsTheRowsOfEach() {
    Sight sight = sight("stock", "staff", "{\"sites\": [\"Bonn\", \"Köln\"]}");
    assertThat(sight.allows(json("{\"site\": \"Köln\"}"))).isTrue();
    assertThat(sight.allows(json("{\"site\": \"köln\"}"))).isFalse();
    assertThat(sight("stock", "staff", "{\"sites\": []}").allows(json("{\"site\": \"Bonn\"}")))
        .isFalse();
    assertThat(
            sight("stock", "staff", "{\"sites\": \"Bonn\"}").allows(json("{\"site\": \"Bonn\"}")))
        .isTrue();
  }

  @Test
  void nullIsNobodys() {
    Sight sight = sight("account", "customer", "{\"owner\": \"owner 1\"}");
    assertThat(sight.allows(json("{\"owner\": null}"))).isFalse();
  }

  @Test
  void maskedValuesAreShownAsTheServerShowsThem() {
    Sight stock = sight("stock", "customer", "{\"kind\": \"raw\"}");
    JsonNode shown =
        stock.shown(
            json(
                "{\"site\": \"Köln\", \"sku\": 12, \"qty\": 7, \"kind\": \"raw\", \"seen\": null}"),
            List.of("site", "sku"));
    assertThat(shown)
        .isEqualTo(
            json(
                """
                {"site": "Köln", "sku": 12, "qty": "LGaSW3ALF8Mzs4pGKl2f2A", "kind": "raw", "seen": null}
                """));
    assertThat(stock.shown("qty", "7")).isEqualTo("\"LGaSW3ALF8Mzs4pGKl2f2A\"");
    Sight item = sight("item", "staff", "{\"groups\": [7]}");
    assertThat(item.shown("price", "\"12.50\"")).isEqualTo("\"***50\"");
    Sight note = sight("item", "customer", CUSTOMER_OF_ITEMS);
    assertThat(note.shown("note", "\"é\"")).isEqualTo("\"***\"");
    assertThat(note.shown("note", "\"a😀\"")).isEqualTo("\"***😀\"");
    assertThat(note.shown("note", "null")).isEqualTo("null");
  }

  @Test
  void aKeyThatIsHiddenOrMaskedIsCovered() {
    Sight sight = sight("stock", "blind", "{\"least\": 0}");
    JsonNode row = json("{\"site\": \"Köln\", \"sku\": 12, \"qty\": 7, \"kind\": null}");
    assertThat(sight.covers(List.of("site", "sku"))).isTrue();
    assertThat(sight.shown(row, List.of("site", "sku")))
        .isEqualTo(
            json(
                """
                {"_key": "9Y_SOj3uwS6qCMLz13wllA", "site": "Bk2hbYSDEjOrFUKzL-eAmw", "qty": 7, "kind": null}
                """));
    assertThat(sight("item", "stranger", "{}").covers(List.of("code", "id"))).isFalse();
  }

  @Test
  void whatThePolicyDeniesIsFoundInAMessage() {
    Sight sight = sight("item", "staff", "{\"groups\": [7]}");
    assertThat(sight.denied(json("{\"id\": 1, \"price\": \"***50\"}"))).isNull();
    assertThat(sight.denied(json("{\"id\": 1, \"price\": null}"))).isNull();
    assertThat(sight.denied(json("{\"id\": 1, \"price\": \"12.50\"}"))).contains("price");
    assertThat(sight.denied(json("{\"id\": 1, \"price\": \"***.50\"}"))).contains("price");
    assertThat(sight.denied(json("{\"id\": 1, \"qty\": 3}"))).contains("qty");
    assertThat(sight.deniedName(List.of("id", "note"))).isEqualTo("note");
    Sight hash = sight("stock", "customer", "{\"kind\": \"raw\"}");
    assertThat(hash.denied(json("{\"qty\": 7}"))).contains("qty");
    assertThat(hash.denied(json("{\"qty\": \"LGaSW3ALF8Mzs4pGKl2f2A\"}"))).isNull();
  }

  @Test
  void aRowIsTestedOnlyIfItsDecidingColumnsAreThere() {
    Sight sight = sight("item", "customer", CUSTOMER_OF_ITEMS);
    assertThat(sight.decides(json("{\"id\": 1, \"grp\": 8}"))).isTrue();
    assertThat(sight.decides(json("{\"id\": 1}"))).isFalse();
    assertThat(sight("stock", "stranger", "{\"kind\": \"raw\"}").decides(json("{\"kind\": \"x\"}")))
        .isFalse();
  }

  @Test
  void viewsThatNameWhatIsHiddenAreForbidden() {
    Sight sight = sight("item", "staff", "{\"groups\": [7]}");
    Filter visible = new Filter.Compare(new Filter.Field("grp", false), Filter.Operator.EQ, "7");
    Filter masked =
        new Filter.Compare(new Filter.Field("price", false), Filter.Operator.EQ, "1.00");
    assertThat(sight.forbids(new ViewSpec("item", visible, null))).isFalse();
    assertThat(sight.forbids(new ViewSpec("item", new Filter.Not(masked), null))).isTrue();
    assertThat(sight.forbids(new ViewSpec("item", null, List.of("id", "price")))).isFalse();
    assertThat(sight.forbids(new ViewSpec("item", null, List.of("id", "qty")))).isTrue();
    assertThat(sight("account", "staff", "{}").forbids(new ViewSpec("account", null, null)))
        .isTrue();
  }

  @Test
  void sightsAreTheSameOnlyIfTheyShowTheSame() {
    Sight seven = sight("item", "customer", CUSTOMER_OF_ITEMS);
    assertThat(seven.showsSameAs(sight("item", "customer", "{\"grp\": 7, \"flag\": 1}"))).isTrue();
    assertThat(seven.showsSameAs(sight("item", "customer", "{\"grp\": 8}"))).isFalse();
  }

  private Sight sight(String table, String role, String claims) {
    Map<String, JsonNode> values = new TreeMap<>();
    json(claims).properties().forEach(claim -> values.put(claim.getKey(), claim.getValue()));
    return policies.sight(table, new Rights(role, values));
  }

  private static JsonNode json(String text) {
    return Json.parse(text);
  }
}

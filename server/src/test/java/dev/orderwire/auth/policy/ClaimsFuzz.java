package dev.orderwire.auth.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.fuzz.Parsing;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.view.Scope;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A policy of the table {@code orders} and the claims of a client, as JSON on two lines. A policy
 * that is reported as good never fails, whatever the claims are; and a client whose claims a policy
 * needs and does not find sees nothing.
 */
public final class ClaimsFuzz {
  private static final Table TABLE = Tables.ORDERS;
  private static final Seal SEAL = new Seal(new byte[32]);

  private static final Row ROW =
      Row.of(
          Map.of(
              "id",
              "7",
              "status",
              "\"new\"",
              "amount",
              "\"10.00\"",
              "note",
              "null",
              "paid",
              "1",
              "doc",
              "{\"a\":1}"));

  private ClaimsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    int line = text.indexOf('\n');
    if (line < 0) {
      return;
    }
    JsonNode policy = Parsing.accepted(() -> Json.read("policy", text.substring(0, line)));
    JsonNode claims = Parsing.accepted(() -> Json.read("claims", text.substring(line + 1)));
    if (policy == null || claims == null || !claims.isObject()) {
      return;
    }
    Map<String, JsonNode> byName = new HashMap<>();
    claims.forEachEntry(byName::put);
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            JsonMapper.shared()
                .createObjectNode()
                .set(TABLE.name(), JsonMapper.shared().createObjectNode().set("customer", policy)),
            SEAL,
            problems);
    if (!problems.isEmpty() || !policies.misfits(List.of(TABLE)).isEmpty()) {
      return;
    }
    Scope scope = policies.access("customer", byName).scope(TABLE.name()).orElseThrow();
    View view = View.of(TABLE, scope, null, null);
    boolean visible = view.matches(ROW);
    var _ = view.cut(ROW);
    JsonNode rows = policy.get("rows");
    if (needsMissingClaim(rows, byName)) {
      assertThat(visible).as("a row without the claim that it needs").isFalse();
    }
    assertThat(policies.access("nobody", byName).scope(TABLE.name())).isEmpty();
  }

  private static boolean needsMissingClaim(JsonNode rows, Map<String, JsonNode> claims) {
    if (!rows.isObject()) {
      return false;
    }
    return new RowTemplate(rows)
        .claims().stream().map(claim -> claim.in(claims)).anyMatch(Optional::isEmpty);
  }
}

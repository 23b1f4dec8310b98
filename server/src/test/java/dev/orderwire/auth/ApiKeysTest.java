package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.auth.policy.ClaimPath;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

final class ApiKeysTest {
  private static final ClaimPath ROLE = ClaimPath.parse("claims.role");

  private final ApiKey.Made old = ApiKey.make();
  private final ApiKey.Made current = ApiKey.make();

  @Test
  void aKeyIsRandomAndOnlyItsHashIsShown() {
    assertThat(old.text()).matches("ow_[A-Za-z0-9_-]{43}").isNotEqualTo(current.text());
    assertThat(old.hash()).matches("[0-9a-f]{64}");
    assertThat(old.toString()).doesNotContain(old.text());
  }

  @Test
  void eachOfSeveralKeysIsAccepted() {
    JsonNode region = JsonNodeFactory.instance.stringNode("eu");
    Authenticator authenticator =
        accepting(
            new ApiKey("old", old.hash(), List.of("staff"), Map.of("region", region)),
            new ApiKey(
                "new", current.hash().toUpperCase(Locale.ROOT), List.of("a", "b"), Map.of()));

    assertThat(authenticator.authenticate(old.text()))
        .isEqualTo(new Identity("old", Map.of("region", region), List.of("staff"), null, null));
    assertThat(authenticator.authenticate(current.text()))
        .isEqualTo(new Identity("new", Map.of(), List.of("a", "b"), null, null));
  }

  @Test
  void everythingElseIsRefused() {
    Authenticator authenticator = accepting(new ApiKey("a", current.hash(), List.of(), Map.of()));

    for (String wrong :
        List.of(
            old.text(),
            "",
            "ow_",
            current.text().substring(0, 45),
            current.text() + "A",
            current.text() + " ",
            " " + current.text(),
            current.text().replaceFirst("ow_", "OW_"),
            "ow_" + current.hash(),
            current.hash(),
            "ow_" + "A".repeat(10_000_000),
            "a.b.c")) {
      assertThatThrownBy(() -> authenticator.authenticate(wrong))
          .isInstanceOfSatisfying(
              OrderwireException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_AUTHENTICATED);
                if (wrong.length() > 3) {
                  assertThat(e.getMessage()).doesNotContain(wrong);
                }
              });
    }
  }

  @Test
  void optionsThatAcceptNobodyOrOneKeyTwiceAreInvalid() {
    ApiKey key = new ApiKey("a", old.hash(), List.of(), Map.of());

    assertThatThrownBy(() -> new AuthOptions(Optional.empty(), ROLE, List.of()))
        .hasMessageContaining("must accept tokens or API keys");
    assertThatThrownBy(() -> accepting(key, new ApiKey("b", old.hash(), List.of(), Map.of())))
        .hasMessageContaining("key of b twice");
    assertThatThrownBy(() -> new ApiKey("a", old.text(), List.of(), Map.of()))
        .hasMessageContaining("SHA-256")
        .hasMessageNotContaining(old.text());
    assertThatThrownBy(() -> new ApiKey(old.text(), old.hash(), List.of(), Map.of()))
        .hasMessageContaining("name")
        .hasMessageNotContaining(old.text());
  }

  private static Authenticator accepting(ApiKey... keys) {
    return Credentials.of(
        new AuthOptions(Optional.empty(), ROLE, List.of(keys)), InstantSource.system());
  }
}

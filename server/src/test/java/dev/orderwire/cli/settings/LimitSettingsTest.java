package dev.orderwire.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitSettingsTest {
  private static Settings load(Map<String, String> variables) {
    return SettingsLoader.load(List.of(), Optional.empty(), variables, Map.of());
  }

  @Test
  void everySettingHasTheDefaultOfItsLimit() {
    Map<Limit, Long> values = load(Map.of()).limits().values();
    values.forEach((limit, value) -> assertThat(value).as(limit.name()).isEqualTo(limit.number()));
    assertThat(values.keySet().stream().map(Limit::text))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(LimitSettings.class.getRecordComponents())
                .map(component -> Name.ofComponent(component.getName()).replace('-', '_'))
                .toList());
  }

  @Test
  void everySettingReachesItsOwnLimit() {
    for (Limit limit : load(Map.of()).limits().values().keySet()) {
      String variable = "ORDERWIRE_LIMITS_" + limit.name();
      long other =
          switch (limit) {
            case HANDSHAKE_SECONDS, AUTH_SECONDS, WHERE_LEVELS -> 7;
            default -> 4_321;
          };
      Map<Limit, Long> values = load(Map.of(variable, String.valueOf(other))).limits().values();
      assertThat(values.get(limit)).as(variable).isEqualTo(other);
    }
  }

  @Test
  void zeroIsNoLimitWhereThatIsPossible() {
    LimitSettings limits =
        load(Map.of("ORDERWIRE_LIMITS_FRAMES", "0", "ORDERWIRE_LIMITS_ADDRESS_CONNECTIONS", "0"))
            .limits();
    assertThat(limits.values().get(Limit.FRAMES)).isEqualTo(GatewayOptions.OFF);
    assertThat(limits.values().get(Limit.ADDRESS_CONNECTIONS)).isEqualTo(GatewayOptions.OFF);
    assertThatThrownBy(() -> load(Map.of("ORDERWIRE_LIMITS_CONNECTIONS", "0")))
        .hasMessageContaining("limits.connections");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ORDERWIRE_PROXIES_TRUSTED=proxy.example        | proxies.trusted must have addresses
          ORDERWIRE_PROXIES_TRUSTED=10.0.0.0/40          | proxies.trusted must have 0 to 32 bits
          ORDERWIRE_PROXIES_TRUSTED=10.0.0.1/8           | write the first address of the network
          ORDERWIRE_PROXIES_HEADER=x-real-ip             | must be x-forwarded-for or forwarded, not 'x-real-ip'
          ORDERWIRE_PROXIES_PROXY_PROTOCOL=true          | proxies.proxy-protocol needs proxies.trusted
          """)
  void whatIsWrongWithProxiesIsTold(String variable, String problem) {
    String[] parts = variable.split("=", 2);
    assertThatThrownBy(() -> load(Map.of(parts[0], parts[1], "ORDERWIRE_AUTH_MODE", "none")))
        .hasMessageContaining(problem);
  }

  @Test
  void aProxyNeedsADecisionAboutAuthentication() {
    assertThatThrownBy(() -> load(Map.of("ORDERWIRE_PROXIES_TRUSTED", "127.0.0.1")))
        .hasMessageContaining("proxies.trusted")
        .hasMessageContaining("auth.mode=none");
    Settings open =
        load(Map.of("ORDERWIRE_PROXIES_TRUSTED", "127.0.0.1", "ORDERWIRE_AUTH_MODE", "none"));
    assertThat(open.proxies().proxies().isEmpty()).isFalse();
  }
}

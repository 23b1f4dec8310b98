package dev.orderwire.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewaySettingsTest {
  @ParameterizedTest
  @CsvSource({"1, 2, 1", "2, 2, 1", "4, 4, 2", "6, 6, 3", "64, 8, 4"})
  void asMuchIsReadAtOnceAsTheProcessorsAllow(int processors, long tasks, long snapshots) {
    assertThat(GatewaySettings.turns(processors))
        .isEqualTo(Map.of(Limit.TASKS, tasks, Limit.SNAPSHOTS, snapshots));
  }
}

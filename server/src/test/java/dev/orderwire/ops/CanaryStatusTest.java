package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.LogLines;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class CanaryStatusTest {
  /** Mutation: register the gauges whenever a canary starts. */
  @Test
  void aServerThatLeadsAgainHasItsMetricsWithoutAWarning() {
    CanaryStatus status = CanaryStatus.on(InstantSource.system());
    MeterRegistry registry = new SimpleMeterRegistry();
    status.measure(registry);
    try (LogLines log = new LogLines("io.micrometer")) {
      status.measure(registry);
      assertThat(log.all()).isEmpty();
    }
    assertThat(registry.find("orderwire.canary.stalled").gauges())
        .hasSize(CanaryState.Stage.values().length);
  }
}

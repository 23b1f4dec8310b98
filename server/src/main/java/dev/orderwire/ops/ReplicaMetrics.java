package dev.orderwire.ops;

import dev.orderwire.changelog.replica.ReplicaStatus;
import dev.orderwire.changelog.replica.Replicas;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;

/** The metrics of the replicas that snapshots and missed changes are read from. */
public final class ReplicaMetrics {
  private ReplicaMetrics() {}

  /** Registers them; none without replicas. */
  public static void register(Replicas replicas, MeterRegistry registry) {
    List<ReplicaStatus> all = replicas.status();
    for (int i = 0; i < all.size(); i++) {
      int index = i;
      String address = all.get(i).address();
      Gauge.builder("orderwire.replica.used", replicas, each -> used(each, index))
          .description("1 while the replica is used, 0 while it is left out")
          .tag("replica", address)
          .register(registry);
      Gauge.builder("orderwire.replica.lag.seconds", replicas, each -> lag(each, index))
          .description("Time to apply all that the source had, at the last check; NaN if left out")
          .tag("replica", address)
          .register(registry);
      FunctionCounter.builder("orderwire.replica.reads", replicas, each -> each.reads(index))
          .description("Snapshots and pages of changes read from the replica")
          .tag("replica", address)
          .register(registry);
    }
    if (!all.isEmpty()) {
      FunctionCounter.builder("orderwire.replica.fallbacks", replicas, Replicas::readsOfSource)
          .description(
              "Snapshots and pages of changes read from the source, as no replica was used")
          .register(registry);
    }
  }

  private static int used(Replicas replicas, int index) {
    return replicas.status().get(index).cause().isEmpty() ? 1 : 0;
  }

  private static double lag(Replicas replicas, int index) {
    return replicas
        .status()
        .get(index)
        .lag()
        .map(Duration::toMillis)
        .map(m -> m / 1e3)
        .orElse(Double.NaN);
  }
}

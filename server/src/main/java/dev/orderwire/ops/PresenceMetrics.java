package dev.orderwire.ops;

import dev.orderwire.presence.Presence;
import dev.orderwire.presence.PresenceStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/** How a server knows the connections of others: metrics and health. */
public final class PresenceMetrics {
  private PresenceMetrics() {}

  /** Registers the metrics, if other servers are told anything. */
  public static void register(Presence presence, MeterRegistry registry) {
    if (!presence.isShared()) {
      return;
    }
    Gauge.builder(
            "orderwire.cluster.servers",
            presence,
            each -> each.status().map(PresenceStatus::servers).orElse(1))
        .description("Servers that tell each other of their connections, as far as they are known")
        .register(registry);
    Gauge.builder("orderwire.cluster.away", presence, each -> problem(each).isPresent() ? 1 : 0)
        .description("1 while this server knows no connections of others, otherwise 0")
        .register(registry);
  }

  /** Why the connections of others are not known; empty if they are, or need not be. */
  public static Optional<String> problem(Presence presence) {
    return presence
        .status()
        .flatMap(PresenceStatus::problem)
        .map(cause -> cause + "; the connections of other servers are not known meanwhile");
  }
}

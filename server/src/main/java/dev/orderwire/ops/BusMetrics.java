package dev.orderwire.ops;

import dev.orderwire.bus.BusUpstream;
import dev.orderwire.bus.Publisher;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of a process that a bus connects with others. */
public final class BusMetrics {
  private BusMetrics() {}

  /**
   * Registers them.
   *
   * @param publisher null for a process that never leads
   * @param leads whether the process leads
   */
  public static void register(
      BusUpstream upstream,
      @Nullable Publisher publisher,
      BooleanSupplier leads,
      MeterRegistry registry) {
    Gauge.builder("orderwire.bus.leads", leads, each -> each.getAsBoolean() ? 1 : 0)
        .description("1 while this process leads")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("orderwire.bus.received", upstream, BusUpstream::received)
        .description("Records received over the bus")
        .register(registry);
    Gauge.builder("orderwire.bus.quiet.seconds", upstream, each -> each.quiet().toMillis() / 1e3)
        .description("Time since the last record")
        .register(registry);
    if (publisher != null) {
      FunctionCounter.builder("orderwire.bus.published", publisher, Publisher::published)
          .description("Records published on the bus")
          .register(registry);
      FunctionCounter.builder("orderwire.bus.dropped", publisher, Publisher::dropped)
          .description("Steps that were not published, as the bus was away for too long")
          .register(registry);
    }
  }
}

package dev.orderwire.ops;

import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The listener's metrics: how the tail follows the change log. */
public final class ListenerMetrics {
  private ListenerMetrics() {}

  /** Registers them. */
  public static void register(Tail tail, MeterRegistry registry) {
    FunctionCounter.builder("orderwire.changes", tail, Tail::changes)
        .description("Changes read from the change log")
        .register(registry);
    FunctionCounter.builder("orderwire.tail.reads", tail, Tail::reads)
        .description("Reads of the change log")
        .register(registry);
    FunctionCounter.builder("orderwire.tail.found.dead", tail, Tail::foundDead)
        .description("Changes found after their gap was declared dead")
        .register(registry);
    Gauge.builder("orderwire.tail.gaps", tail, Tail::gaps)
        .description("Ids below the highest that may still become visible")
        .register(registry);
    FunctionCounter.builder("orderwire.doorbell.rings", tail.doorbell(), Doorbell::rings)
        .description("Announcements from the binlog, for any table")
        .register(registry);
    Gauge.builder("orderwire.doorbell.live", tail.doorbell(), bell -> bell.isLive() ? 1 : 0)
        .description("1 while the binlog announces changes, 0 while the change log is polled")
        .register(registry);
  }
}

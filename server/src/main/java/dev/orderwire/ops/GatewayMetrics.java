package dev.orderwire.ops;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.DirectMemory;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Transport;
import dev.orderwire.gateway.protocol.Use;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway's metrics: its clients and what they receive. Safe for any number of threads. */
public final class GatewayMetrics implements Traffic {
  private final Map<Transport, AtomicInteger> connections = new EnumMap<>(Transport.class);
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final MeterRegistry registry;
  private final Counter deliveries;
  private final Counter sentBytes;
  private final Counter snapshotReads;
  private final Timer delay;
  private final InstantSource clock;
  private final Refusals refusals;

  /**
   * @param clock this machine's; the delay of a change is measured from MySQL's clock to this one
   */
  public GatewayMetrics(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    this.refusals = new Refusals(clock);
    for (Resource resource : Resource.values()) {
      Gauge.builder("orderwire.resource.refusing", refusals, all -> all.has(resource) ? 1 : 0)
          .description("1 while clients are refused what they need of this resource, otherwise 0")
          .tag("resource", resource.text())
          .register(registry);
    }
    for (Transport transport : Transport.values()) {
      AtomicInteger count = new AtomicInteger();
      connections.put(transport, count);
      Gauge.builder("orderwire.connections", count, AtomicInteger::get)
          .description("Connected clients")
          .tag("transport", transport.text())
          .register(registry);
    }
    Gauge.builder("orderwire.subscriptions", subscriptions, AtomicInteger::get)
        .description("Subscribed views, counted once for each client")
        .register(registry);
    deliveries = counter("orderwire.deliveries", "Changes sent, counted once for each client");
    sentBytes = counter("orderwire.sent.bytes", "Bytes written to clients");
    snapshotReads =
        counter(
            "orderwire.snapshot.reads",
            "Snapshots read from MySQL, each for any number of clients");
    delay =
        Timer.builder("orderwire.delay")
            .description(
                "From the start of a change's statement, or of the last read that did not see it, until it is written to clients")
            .serviceLevelObjectives(Metrics.DELAYS)
            .register(registry);
    Gauge.builder("orderwire.direct.memory.bytes", DirectMemory::used)
        .description("Direct memory (outside Java's heap) for data being sent and received")
        .register(registry);
    Gauge.builder("orderwire.direct.memory.limit.bytes", DirectMemory::limit)
        .description("The limit of orderwire_direct_memory_bytes")
        .register(registry);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  int connections() {
    return connections.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  int subscriptions() {
    return subscriptions.get();
  }

  @Override
  public void connected(Transport transport) {
    count(transport).incrementAndGet();
  }

  @Override
  public void disconnected(Transport transport) {
    count(transport).decrementAndGet();
  }

  private AtomicInteger count(Transport transport) {
    return Objects.requireNonNull(connections.get(transport));
  }

  @Override
  public void subscribed() {
    subscriptions.incrementAndGet();
  }

  @Override
  public void unsubscribed() {
    subscriptions.decrementAndGet();
  }

  @Override
  public void delivered(long changes) {
    deliveries.increment((double) changes);
  }

  @Override
  public void sent(long bytes) {
    sentBytes.increment((double) bytes);
  }

  @Override
  public void written(Instant at) {
    // MySQL's clock may be ahead of this machine's, and a writer's ahead of MySQL's.
    Duration taken = Duration.between(at, clock.instant());
    delay.record(taken.isNegative() ? Duration.ZERO : taken);
  }

  @Override
  public void replayed() {
    caughtUp("log");
  }

  @Override
  public void snapshot() {
    caughtUp("table");
  }

  @Override
  public void snapshotRead() {
    snapshotReads.increment();
  }

  private void caughtUp(String from) {
    counter("orderwire.catchups", "Clients caught up from MySQL", "from", from).increment();
  }

  @Override
  public void closed(CloseReason reason) {
    counter(
            "orderwire.closes",
            "Connections closed by the server",
            "code",
            String.valueOf(reason.code()))
        .increment();
  }

  @Override
  public void overLimit(Limit limit) {
    counter(
            "orderwire.over.limit",
            "What was refused because it is over a limit",
            "limit",
            limit.text())
        .increment();
  }

  @Override
  public void refused(ErrorCode code) {
    counter("orderwire.errors", "Errors sent to clients", "code", code.text()).increment();
  }

  Refusals refusals() {
    return refusals;
  }

  @Override
  public boolean refuses(Use use, String cause, boolean asksAgain) {
    return refusals.refuses(use, cause, asksAgain);
  }

  @Override
  public void serves(Use use) {
    refusals.serves(use);
  }
}

package dev.orderwire.ops;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.DirectMemory;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Transport;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** Counts and measures, for Prometheus. For any number of threads. */
public final class Metrics implements Traffic, AutoCloseable {
  static final Duration[] DELAYS =
      LongStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Transport, AtomicInteger> connections = new EnumMap<>(Transport.class);
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final Counter deliveries;
  private final Counter sentBytes;
  private final Counter snapshotReads;
  private final Timer delay;
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final InstantSource clock;

  /**
   * @param clock what the delay is measured by: that of the machine; MySQL's is the other end of it
   */
  public Metrics(Tail tail, InstantSource clock) {
    this.clock = clock;
    for (Transport transport : Transport.values()) {
      AtomicInteger count = new AtomicInteger();
      connections.put(transport, count);
      Gauge.builder("orderwire.connections", count, AtomicInteger::get)
          .description("Clients that are connected")
          .tag("transport", transport.text())
          .register(registry);
    }
    Gauge.builder("orderwire.subscriptions", subscriptions, AtomicInteger::get)
        .description("Views that clients are subscribed to, each counted for each client")
        .register(registry);
    deliveries = counter("orderwire.deliveries", "Changes sent, each counted for each client");
    sentBytes = counter("orderwire.sent.bytes", "Bytes written to clients");
    snapshotReads =
        counter("orderwire.snapshot.reads", "Snapshots read from MySQL, for however many clients");
    delay =
        Timer.builder("orderwire.delay")
            .description("From the beginning of a change's statement to its being written")
            .serviceLevelObjectives(DELAYS)
            .register(registry);
    Gauge.builder("orderwire.direct.memory.bytes", DirectMemory::used)
        .description("Memory outside of the heap that holds what is sent and received")
        .register(registry);
    Gauge.builder("orderwire.direct.memory.limit.bytes", DirectMemory::limit)
        .description("The most that orderwire_direct_memory_bytes may be")
        .register(registry);
    follow(tail);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collector.bindTo(registry);
  }

  private void follow(Tail tail) {
    FunctionCounter.builder("orderwire.changes", tail, Tail::changes)
        .description("Changes that the tail has read")
        .register(registry);
    FunctionCounter.builder("orderwire.tail.reads", tail, Tail::reads)
        .description("How often the change log was read")
        .register(registry);
    FunctionCounter.builder("orderwire.tail.found.dead", tail, Tail::foundDead)
        .description("Changes that came after it was proven that they never would")
        .register(registry);
    Gauge.builder("orderwire.tail.gaps", tail, Tail::gaps)
        .description("Ids below the highest that may still become visible")
        .register(registry);
    FunctionCounter.builder("orderwire.doorbell.rings", tail.bell(), Doorbell::rings)
        .description("How often the binlog told of changes, of any table")
        .register(registry);
    Gauge.builder("orderwire.doorbell.live", tail.bell(), bell -> bell.isLive() ? 1 : 0)
        .description("1 while the binlog tells of changes, 0 while the change log is polled")
        .register(registry);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** For those who count for themselves. */
  MeterRegistry registry() {
    return registry;
  }

  /** All of it as Prometheus reads it. */
  String scrape() {
    return registry.scrape();
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
    // MySQL's clock may be ahead of this one's.
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
            "Connections that the server ended",
            "code",
            String.valueOf(reason.code()))
        .increment();
  }

  @Override
  public void refused(ErrorCode code) {
    counter("orderwire.errors", "Errors that clients were answered", "code", code.text())
        .increment();
  }

  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}

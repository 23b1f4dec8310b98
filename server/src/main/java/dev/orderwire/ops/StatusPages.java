package dev.orderwire.ops;

import dev.orderwire.changelog.replica.ReplicaStatus;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.http.Pages;
import dev.orderwire.ops.CanaryState.Beat;
import dev.orderwire.ops.ListenerHealth.Backlog;
import dev.orderwire.ops.ListenerHealth.Report;
import dev.orderwire.ops.ListenerHealth.State;
import dev.orderwire.ops.Refusals.Refusal;
import dev.orderwire.presence.PresenceStatus;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@code /health} and {@code /metrics}. Safe for any number of threads. */
public final class StatusPages implements Pages {
  private static final JsonFactory JSON = new JsonFactory();

  private final ListenerHealth listener;
  private final Feed feed;
  private final GatewayMetrics gateway;
  private final Metrics metrics;
  private final Supplier<Optional<ClusterStatus>> cluster;
  private final Supplier<Optional<PresenceStatus>> presence;
  private final Supplier<List<ReplicaStatus>> replicas;

  /** The pages of a process that is not connected with others, and reads the source alone. */
  public StatusPages(ListenerHealth listener, Feed feed, GatewayMetrics gateway, Metrics metrics) {
    this(listener, feed, gateway, metrics, Optional::empty, Optional::empty, List::of);
  }

  /**
   * @param cluster how the process is connected with others; empty if it is not
   * @param presence how it knows the connections of others; empty if it does not
   * @param replicas from which the process reads
   */
  public StatusPages(
      ListenerHealth listener,
      Feed feed,
      GatewayMetrics gateway,
      Metrics metrics,
      Supplier<Optional<ClusterStatus>> cluster,
      Supplier<Optional<PresenceStatus>> presence,
      Supplier<List<ReplicaStatus>> replicas) {
    this.presence = presence;
    this.cluster = cluster;
    this.replicas = replicas;
    this.listener = listener;
    this.feed = feed;
    this.gateway = gateway;
    this.metrics = metrics;
  }

  @Override
  public Page health(boolean draining) {
    Report report = report();
    return json(
        report.state() == State.DOWN ? 503 : 200,
        json -> {
          json.writeStringProperty("status", textOf(report.state()));
          report.cause().ifPresent(cause -> json.writeStringProperty("cause", cause));
          report.since().ifPresent(since -> json.writeStringProperty("since", since.toString()));
          json.writeStringProperty("version", version());
          if (draining) {
            json.writeBooleanProperty("draining", true);
          }
          cluster.get().ifPresent(status -> write(json, status));
          presence.get().ifPresent(status -> write(json, status));
          writeReplicas(json, replicas.get());
          json.writeName("tail");
          json.writeStartObject();
          json.writeNumberProperty("reads", listener.tail().reads());
          json.writeNumberProperty("changes", listener.tail().changes());
          json.writeNumberProperty("gaps", listener.tail().gaps());
          listener.backlog().ifPresent(backlog -> write(json, backlog));
          json.writeEndObject();
          json.writeName("feed");
          json.writeStartObject();
          json.writeStringProperty("position", feed.end().position().toString());
          json.writeEndObject();
          json.writeName("canary");
          write(json, listener.canary());
          write(json, gateway.refusals().all());
          json.writeNumberProperty("connections", gateway.connections());
          json.writeNumberProperty("subscriptions", gateway.subscriptions());
        });
  }

  private Report report() {
    Report report = listener.report();
    return report.state() == State.UP ? gateway.refusals().report().orElse(report) : report;
  }

  private static void write(JsonGenerator json, ClusterStatus status) {
    json.writeName("cluster");
    json.writeStartObject();
    json.writeStringProperty("role", status.role());
    json.writeStringProperty("node", status.node());
    json.writeBooleanProperty("leads", status.leads());
    json.writeStringProperty("leader", status.leader());
    json.writeNumberProperty("term", status.term());
    json.writeStringProperty("bus", status.bus());
    json.writeNumberProperty("quietMillis", status.quiet().toMillis());
    status
        .topics()
        .ifPresent(topics -> {
          json.writeName("topics");
          json.writeStartObject();
          json.writeNumberProperty("behind", topics.behind());
          json.writeNumberProperty("delayMillis", topics.delay().toMillis());
          json.writeEndObject();
        });
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, PresenceStatus status) {
    json.writeName("presence");
    json.writeStartObject();
    json.writeStringProperty("status", status.problem().isEmpty() ? "up" : "away");
    json.writeStringProperty("store", status.store());
    json.writeNumberProperty("servers", status.servers());
    json.writeEndObject();
  }

  private static void writeReplicas(JsonGenerator json, List<ReplicaStatus> replicas) {
    if (replicas.isEmpty()) {
      return;
    }
    json.writeName("replicas");
    json.writeStartArray();
    for (ReplicaStatus replica : replicas) {
      json.writeStartObject();
      json.writeStringProperty("address", replica.address());
      json.writeBooleanProperty("used", replica.cause().isEmpty());
      replica.cause().ifPresent(cause -> json.writeStringProperty("cause", cause));
      replica.since().ifPresent(since -> json.writeStringProperty("since", since.toString()));
      replica.lag().ifPresent(lag -> json.writeNumberProperty("lagMillis", lag.toMillis()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, List<Refusal> refusals) {
    json.writeName("refusing");
    json.writeStartArray();
    for (Refusal refusal : refusals) {
      json.writeStartObject();
      json.writeStringProperty("resource", refusal.resource().text());
      json.writeStringProperty("what", refusal.what());
      json.writeStringProperty("cause", refusal.cause());
      json.writeStringProperty("since", refusal.since().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Backlog backlog) {
    json.writeName("backlog");
    json.writeStartObject();
    json.writeNumberProperty("read", backlog.read());
    backlog.left().ifPresent(left -> json.writeNumberProperty("left", left));
    json.writeNumberProperty("perSecond", backlog.perSecond());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, CanaryState state) {
    json.writeStartObject();
    switch (state) {
      case CanaryState.Off(String cause) -> {
        json.writeStringProperty("status", "off");
        json.writeStringProperty("cause", cause);
      }
      case CanaryState.Starting() -> json.writeStringProperty("status", "starting");
      case CanaryState.Well(Beat last) -> {
        json.writeStringProperty("status", "up");
        write(json, last);
      }
      case CanaryState.Stalled stalled -> {
        json.writeStringProperty("status", "stalled");
        json.writeStringProperty("stage", stalled.stage().text());
        stalled.last().ifPresent(last -> write(json, last));
      }
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Beat last) {
    json.writeNumberProperty("roundTripMillis", last.roundTrip().toMillis());
    json.writeStringProperty("at", last.at().toString());
  }

  @Override
  public Page live() {
    return json(200, json -> json.writeStringProperty("status", textOf(State.UP)));
  }

  @Override
  public Page ready(boolean draining) {
    boolean ready = !draining && listener.isReady();
    return json(ready ? 200 : 503, json -> json.writeBooleanProperty("ready", ready));
  }

  @Override
  public Page metrics() {
    return new Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
  }

  private static String textOf(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String version() {
    String version = StatusPages.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "dev");
  }

  private static Page json(int status, Consumer<JsonGenerator> content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    return new Page(status, "application/json", text.toString());
  }
}

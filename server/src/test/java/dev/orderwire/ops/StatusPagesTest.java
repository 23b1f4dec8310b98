package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.http.Pages.Page;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Transport;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusPagesTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final InstantSource clock = () -> Instant.now().plus(ahead.get());

  private static JsonNode json(Page page) {
    assertThat(page.contentType()).isEqualTo("application/json");
    return JSON.readTree(page.body());
  }

  @Test
  void healthIsUpWhileTheTailFollowsAndDownWhenItStalls() {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
      Position start = Tail.end(mysql);
      List<TableVersion> versions = TableVersions.read(mysql, List.of("orders"));
      Feed feed = new Feed(start, new WatchedTables(versions), 100, 1 << 20);
      try (Tail tail = new Tail(mysql, versions, start, feed, Doorbell.NONE);
          Metrics metrics = new Metrics()) {
        ListenerMetrics.register(tail, metrics.registry());
        StatusPages pages =
            new StatusPages(
                new ListenerHealth(
                    tail,
                    Optional::empty,
                    OptionalLong::empty,
                    CanaryStatus.off("not wired"),
                    clock),
                feed,
                new GatewayMetrics(metrics.registry(), clock),
                metrics);

        Page health = pages.health(false);
        assertThat(health.status()).isEqualTo(200);
        assertThat(json(health).get("status").asString()).isEqualTo("degraded");
        assertThat(json(health).get("cause").asString()).isEqualTo("not started yet");
        assertThat(Instant.parse(json(health).get("since").asString())).isBefore(Instant.now());
        assertThat(json(health).at("/canary/status").asString()).isEqualTo("off");
        assertThat(json(health).at("/canary/cause").asString()).isEqualTo("not wired");
        assertThat(pages.ready(false).status()).isEqualTo(503);
        assertThat(pages.live().status()).isEqualTo(200);

        tail.start();
        database.execute("INSERT INTO orders VALUES (1), (2)");
        Await.until("the changes arrive", () -> tail.changes() == 2);
        Await.until("it follows", () -> tail.status() instanceof TailStatus.Following);
        JsonNode up = json(pages.health(false));
        assertThat(up.get("status").asString()).isEqualTo("up");
        assertThat(up.has("cause")).isFalse();
        assertThat(up.get("version").asString()).isNotEmpty();
        assertThat(up.get("tail").get("reads").longValue()).isPositive();
        assertThat(up.get("tail").get("changes").longValue()).isEqualTo(2);
        assertThat(up.get("tail").get("gaps").longValue()).isZero();
        assertThat(up.get("feed").get("position").asString())
            .isEqualTo(feed.end().position().toString());
        assertThat(up.get("connections").intValue()).isZero();
        assertThat(pages.ready(false).status()).isEqualTo(200);
        assertThat(up.has("draining")).isFalse();

        // A server that drains delivers as before, and is no longer ready.
        assertThat(pages.ready(true).status()).isEqualTo(503);
        JsonNode draining = json(pages.health(true));
        assertThat(draining.get("status").asString()).isEqualTo("up");
        assertThat(draining.get("draining").asBoolean()).isTrue();

        ahead.set(Duration.ofMinutes(1));
        Page down = pages.health(false);
        assertThat(down.status()).isEqualTo(503);
        assertThat(json(down).get("status").asString()).isEqualTo("down");
        assertThat(json(down).get("cause").asString()).contains("restart");
        assertThat(pages.ready(false).status()).isEqualTo(503);
        assertThat(pages.live().status()).isEqualTo(200);

        assertThat(pages.metrics().body())
            .contains("orderwire_changes_total 2.0")
            .containsPattern("orderwire_tail_reads_total [1-9]")
            .contains("orderwire_tail_gaps 0.0")
            .contains("orderwire_doorbell_live 0.0")
            .contains("orderwire_doorbell_rings_total 0.0");
      }
    }
  }

  @Test
  void metricsCountTheGatewaysTraffic() {
    try (Metrics metrics = new Metrics()) {
      GatewayMetrics traffic =
          new GatewayMetrics(metrics.registry(), InstantSource.fixed(Instant.ofEpochSecond(100)));
      traffic.connected(Transport.WEBSOCKET);
      traffic.connected(Transport.WEBSOCKET);
      traffic.connected(Transport.EVENTS);
      traffic.disconnected(Transport.WEBSOCKET);
      traffic.subscribed();
      traffic.subscribed();
      traffic.unsubscribed();
      traffic.delivered(7);
      traffic.sent(1_000);
      traffic.written(Instant.ofEpochSecond(100).minusMillis(40));
      // As if MySQL's clock is ahead.
      traffic.written(Instant.ofEpochSecond(101));
      traffic.replayed();
      traffic.snapshot();
      traffic.snapshot();
      traffic.closed(CloseReason.TOO_SLOW);
      traffic.refused(ErrorCode.UNKNOWN_TABLE);
      assertThat(metrics.scrape().lines())
          .contains(
              "orderwire_connections{transport=\"websocket\"} 1.0",
              "orderwire_connections{transport=\"sse\"} 1.0",
              "orderwire_subscriptions 1.0",
              "orderwire_deliveries_total 7.0",
              "orderwire_sent_bytes_total 1000.0",
              "orderwire_delay_seconds_count 2",
              "orderwire_delay_seconds_sum 0.04",
              "orderwire_delay_seconds_bucket{le=\"0.025\"} 1",
              "orderwire_delay_seconds_bucket{le=\"0.05\"} 2",
              "orderwire_catchups_total{from=\"log\"} 1.0",
              "orderwire_catchups_total{from=\"table\"} 2.0",
              "orderwire_closes_total{code=\"4408\"} 1.0",
              "orderwire_errors_total{code=\"unknown_table\"} 1.0")
          .anyMatch(line -> line.startsWith("jvm_memory_used_bytes"));
      assertThat(traffic.connections()).isEqualTo(2);
      assertThat(traffic.subscriptions()).isEqualTo(1);
    }
  }
}

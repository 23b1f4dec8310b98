package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.http.Pages.Page;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.upkeep.Reconciler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One transaction whose changes take many seconds to deliver. */
class BacklogHealthTest {
  /** So many changes of this size make 50 pages. */
  private static final String LARGE_TRANSACTION =
      "INSERT INTO orders (note) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
          + " WHERE i < 1000) SELECT REPEAT('x', 55000) FROM n";

  private static final Duration EACH_PAGE = Duration.ofMillis(200);
  private static final List<String> TABLES = List.of("orders");

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final InstantSource clock = () -> Instant.now().plus(ahead.get());

  /** While true, nothing comes past the listener of the tail. */
  private final AtomicBoolean stuck = new AtomicBoolean();

  private TestDatabase database;
  private Mysql mysql;
  private Tail tail;
  private Reconciler reconciler;
  private Metrics metrics;
  private StatusPages pages;

  @BeforeEach
  void wire() {
    database = TestMysql.database();
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT)");
    mysql = new Mysql(database.options());
    new TriggerCapture().install(mysql, TABLES, InstallOptions.DEFAULT);
    Position start = Tail.end(mysql);
    List<TableVersion> versions = TableVersions.read(mysql, TABLES);
    Feed feed = new Feed(start, new WatchedTables(versions), 100, 1 << 20);
    feed.onAppend(this::slowly);
    tail = new Tail(mysql, versions, start, feed, Doorbell.NONE);
    reconciler =
        new Reconciler(mysql, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, tail);
    metrics = new Metrics();
    pages =
        new StatusPages(
            new ListenerHealth(
                tail,
                reconciler::problem,
                reconciler::newestId,
                CanaryStatus.off("not wired"),
                clock),
            feed,
            new GatewayMetrics(metrics.registry(), clock),
            metrics);
    reconciler.start();
  }

  @AfterEach
  void close() {
    stuck.set(false);
    reconciler.close();
    tail.close();
    metrics.close();
    mysql.close();
    database.close();
  }

  private void slowly() {
    do {
      LockSupport.parkNanos(EACH_PAGE.toNanos());
    } while (stuck.get());
  }

  private JsonNode health(int status) {
    Page page = pages.health(false);
    assertThat(page.status()).as(page.body()).isEqualTo(status);
    return new JsonMapper().readTree(page.body());
  }

  private String status() {
    return new JsonMapper().readTree(pages.health(false).body()).get("status").asString();
  }

  /** Waits until the tail has been in the backlog for longer than the clock leaves it to be. */
  private void awaitBacklog() {
    Await.until(
        "the tail is in a backlog",
        () ->
            tail.status() instanceof TailStatus.Behind behind
                && Duration.between(behind.since(), Instant.now()).toSeconds() >= 6);
    // So 5 seconds without a read are 30 seconds.
    ahead.set(Duration.ofSeconds(25));
  }

  @Test
  void aBacklogIsDegradedAndDownOnlyWithoutProgress() {
    tail.start();
    Await.until("it follows", () -> status().equals("up"));
    database.execute(LARGE_TRANSACTION);
    awaitBacklog();
    JsonNode degraded = health(200);
    assertThat(degraded.get("status").asString()).isEqualTo("degraded");
    assertThat(degraded.get("cause").asString())
        .startsWith("working through a backlog: about ")
        .doesNotContain("restart");
    JsonNode backlog = degraded.at("/tail/backlog");
    assertThat(backlog.get("read").longValue()).isBetween(1L, 999L);
    assertThat(backlog.get("left").longValue()).isBetween(1L, 999L);
    assertThat(backlog.get("perSecond").longValue()).isPositive();
    assertThat(pages.ready(false).status()).isEqualTo(200);

    stuck.set(true);
    Await.until("it is down", () -> pages.health(false).status() == 503);
    assertThat(health(503).get("cause").asString()).contains("restart the server");
    assertThat(pages.ready(false).status()).isEqualTo(503);

    stuck.set(false);
    ahead.set(Duration.ZERO);
    Await.until("it follows again", () -> status().equals("up"));
    assertThat(tail.changes()).isEqualTo(1_000);
    assertThat(health(200).get("tail").has("backlog")).isFalse();
  }

  /** As after MySQL was out of reach: why it waited before is no longer the cause. */
  @Test
  void aBacklogThatBeginsWithTheFirstReadIsOneToo() {
    database.execute(LARGE_TRANSACTION);
    tail.start();
    awaitBacklog();
    assertThat(health(200).get("cause").asString()).startsWith("working through a backlog: ");
    ahead.set(Duration.ZERO);
    Await.until("it follows", () -> status().equals("up"));
  }
}

package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.gateway.http.Pages;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.Sources;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.upkeep.CanaryRows;
import dev.orderwire.upkeep.Reconciler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server with the parts that {@code serve} wires, and a canary that reports stalls early. */
final class WatchedPipeline implements AutoCloseable {
  private static final InstallOptions WITH_CANARY = new InstallOptions(false, true);
  private static final List<String> TABLES = List.of("orders");
  private static final InstantSource CLOCK = InstantSource.system();

  /** A request for {@code /health/live} blocks its event loop until this is counted down. */
  final CountDownLatch releaseLoop = new CountDownLatch(1);

  final Feed feed;
  final WatchedTables catalog;
  final Tail tail;
  final InetSocketAddress address;
  private final Mysql mysql;
  private final Reconciler reconciler;
  private final Metrics metrics;
  private final StatusPages pages;
  private final Gateway gateway;
  private final Canary canary;

  /** Creates the table, and installs as the given MySQL user. */
  static void install(TestDatabase database, MysqlOptions as) {
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(20) NOT NULL)");
    try (Mysql mysql = new Mysql(as)) {
      new TriggerCapture().install(mysql, TABLES, WITH_CANARY);
    }
  }

  /** Whether a table has been reset, which makes a position that covers nothing void. */
  boolean isReset(String table) {
    Position nothing = new Position(feed.end().position().epoch(), 0, Ids.NONE);
    return catalog.isVoid(catalog.table(table).orElseThrow(), nothing);
  }

  WatchedPipeline(TestDatabase database, Duration patience) {
    mysql = new Mysql(database.options());
    new TriggerCapture().install(mysql, TABLES, WITH_CANARY);
    List<TableVersion> versions = TableVersions.read(mysql, TABLES);
    catalog = new WatchedTables(versions);
    Position start = Tail.end(mysql);
    feed = new Feed(start, catalog, 1_000, 1 << 20);
    tail = new Tail(mysql, versions, start, feed, new BinlogDoorbell(mysql));
    reconciler = new Reconciler(mysql, new TriggerCapture(), TABLES, WITH_CANARY, true, tail);
    metrics = new Metrics();
    ListenerMetrics.register(tail, metrics.registry());
    GatewayMetrics traffic = new GatewayMetrics(metrics.registry(), CLOCK);
    CanaryStatus status = CanaryStatus.on(CLOCK);
    pages =
        new StatusPages(
            new ListenerHealth(tail, reconciler::problem, reconciler::newestId, status, CLOCK),
            feed,
            traffic,
            metrics);
    gateway =
        new Gateway(
            new GatewayOptions(
                "127.0.0.1",
                0,
                Duration.ofSeconds(25),
                Set.of(),
                Set.of(),
                Path.of("target"),
                Map.of()),
            Sources.of(mysql, catalog, feed),
            new HangingPages(),
            traffic);
    canary =
        new Canary(
            new CanaryRows(mysql),
            feed,
            gateway::passing,
            reconciler::resetAll,
            status,
            metrics.registry(),
            Duration.ofMillis(50),
            patience);
    tail.start();
    reconciler.start();
    address = gateway.start();
    canary.start();
  }

  private final class HangingPages implements Pages {
    @Override
    public Page health(boolean draining) {
      return pages.health(draining);
    }

    @Override
    public Page live() {
      try {
        releaseLoop.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return pages.live();
    }

    @Override
    public Page ready(boolean draining) {
      return pages.ready(draining);
    }

    @Override
    public Page metrics() {
      return pages.metrics();
    }
  }

  URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + path);
  }

  JsonNode health() {
    Pages.Page page = pages.health(false);
    assertThat(page.status()).isEqualTo(200);
    return new JsonMapper().readTree(page.body());
  }

  boolean isReady() {
    return pages.ready(false).status() == 200;
  }

  String metrics() {
    return pages.metrics().body();
  }

  /** Waits for the arrival of a new beat. */
  void awaitBeat() {
    String last = health().at("/canary/at").asString("");
    Await.until(
        "a beat arrives",
        () ->
            health().at("/canary/status").asString().equals("up")
                && !health().at("/canary/at").asString().equals(last)
                && health().get("status").asString().equals("up"));
    assertThat(metrics()).doesNotContainPattern("canary_stalled\\{stage=\"\\w+\"} 1");
  }

  /** Waits until the canary reports a stall in the stage. */
  void awaitStall(String stage) {
    Await.until(
        "stall in stage " + stage, () -> health().at("/canary/stage").asString("").equals(stage));
    JsonNode health = health();
    assertThat(health.get("status").asString()).isEqualTo("degraded");
    assertThat(health.at("/canary/status").asString()).isEqualTo("stalled");
    assertThat(metrics()).contains("orderwire_canary_stalled{stage=\"" + stage + "\"} 1.0");
  }

  /** Waits for several new beats. The first one may be under way already. */
  void awaitBeats(int count) {
    for (int i = 0; i < count; i++) {
      awaitBeat();
    }
  }

  @Override
  public void close() {
    releaseLoop.countDown();
    canary.close();
    gateway.close();
    metrics.close();
    reconciler.close();
    tail.close();
    mysql.close();
  }
}

package dev.orderwire.pipeline;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.ops.CanaryStatus;
import dev.orderwire.ops.GatewayMetrics;
import dev.orderwire.ops.ListenerHealth;
import dev.orderwire.ops.Metrics;
import dev.orderwire.ops.StatusPages;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.testing.Sources;
import dev.orderwire.testing.TestDatabase;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A server in this process on a test's database, with the parts that {@code serve} wires. */
final class Pipeline implements AutoCloseable {
  private final Mysql mysql;
  private final Tail tail;
  private final Metrics metrics;
  private final Gateway gateway;
  private final InetSocketAddress address;

  /**
   * @param feedChanges how many changes the feed holds; older ones are read from the change log
   */
  Pipeline(TestDatabase database, int feedChanges, String... tables) {
    this(database, feedChanges, Path.of("target"), Map.of(), tables);
  }

  /**
   * @param spools the folder for large snapshots
   */
  Pipeline(
      TestDatabase database,
      int feedChanges,
      Path spools,
      Map<Limit, Long> limits,
      String... tables) {
    mysql = new Mysql(database.options());
    new TriggerCapture().install(mysql, List.of(tables), InstallOptions.DEFAULT);
    List<TableVersion> versions = TableVersions.read(mysql, List.of(tables));
    WatchedTables catalog = new WatchedTables(versions);
    Position start = Tail.end(mysql);
    Feed feed = new Feed(start, catalog, feedChanges, 64L << 20);
    tail = new Tail(mysql, versions, start, feed, new BinlogDoorbell(mysql));
    metrics = new Metrics();
    GatewayMetrics traffic = new GatewayMetrics(metrics.registry(), InstantSource.system());
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", 0, Duration.ofSeconds(25), Set.of(), Set.of(), spools, limits);
    Source source = Sources.of(mysql, catalog, feed);
    gateway =
        new Gateway(
            options,
            source,
            new StatusPages(
                new ListenerHealth(
                    tail,
                    Optional::empty,
                    OptionalLong::empty,
                    CanaryStatus.off("not wired"),
                    InstantSource.system()),
                feed,
                traffic,
                metrics),
            traffic);
    tail.start();
    address = gateway.start();
  }

  /** An address of this server. */
  URI uri(String scheme, String pathAndQuery) {
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + pathAndQuery);
  }

  @Override
  public void close() {
    gateway.close();
    tail.close();
    metrics.close();
    mysql.close();
  }
}

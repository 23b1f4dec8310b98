package dev.orderwire.cli;

import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.ops.Canary;
import dev.orderwire.ops.CanaryStatus;
import dev.orderwire.ops.GatewayMetrics;
import dev.orderwire.ops.ListenerHealth;
import dev.orderwire.ops.ListenerMetrics;
import dev.orderwire.ops.Metrics;
import dev.orderwire.ops.StatusPages;
import dev.orderwire.tail.Tail;
import dev.orderwire.upkeep.CanaryRows;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Puts a server together from its parts: a listener and a gateway in one process. */
final class Wiring {
  /** Runs while the server runs. The server stops when it returns or throws. */
  interface WhileServing {
    void run(InetSocketAddress address) throws InterruptedException;
  }

  private Wiring() {}

  /** Starts to load the classes that every server needs. */
  static BackgroundLoading load() {
    return BackgroundLoading.start(() -> {
      LoggerFactory.getILoggerFactory();
      Mysql.loadDriver();
    });
  }

  /**
   * Runs a server. The classes of {@link #load} must be loaded.
   *
   * @param notes takes what was created in the database, one item a line
   */
  static void serve(
      Settings settings, MysqlOptions options, Consumer<String> notes, WhileServing body)
      throws InterruptedException {
    // Before Netty is used: it reads its memory limit only once.
    var memory = MemoryLimits.onThisMachine(settings);
    memory.apply();
    // Meanwhile, everything before the gateway waits for MySQL.
    var loading = BackgroundLoading.start(Gateway::load);
    try (var tls = GatewaySettings.tls(settings);
        var mysql = new Mysql(options)) {
      Shutdown.clearingInterrupt(() -> serve(settings, memory, tls, mysql, loading, notes, body));
    }
  }

  private static void serve(
      Settings settings,
      MemoryLimits memory,
      @Nullable ServerTls tls,
      Mysql mysql,
      BackgroundLoading loading,
      Consumer<String> notes,
      WhileServing body)
      throws InterruptedException {
    var database = InstalledDatabase.ensure(mysql, new TriggerCapture(), settings, notes);
    var start = Tail.end(mysql);
    // After the position, so that no alteration is missed. One in between causes a needless reset.
    var versions = TableVersions.read(mysql, database.tables());
    if (settings.install().auto()) {
      versions = OpenMarkers.of(mysql, versions);
    }
    var catalog = new WatchedTables(versions);
    var feed = new Feed(start, catalog, settings.feed().maxChanges(), memory.feed());
    var source =
        new Source(catalog, feed, new MysqlBacklog(mysql, catalog), new MysqlSnapshotReader(mysql));
    var clock = InstantSource.system();
    var canaryStatus =
        database.noCanary().map(CanaryStatus::off).orElseGet(() -> CanaryStatus.on(clock));
    var admission =
        AdmissionSettings.of(
            settings, mysql, versions.stream().map(TableVersion::table).toList(), clock);
    loading.await();
    try (var listener = Listener.of(settings, mysql, database, start, versions, feed);
        var metrics = new Metrics()) {
      ListenerMetrics.register(listener.tail(), metrics.registry());
      var tail = listener.tail();
      tail.markers().onAdd(catalog::hold);
      var traffic = new GatewayMetrics(metrics.registry(), clock);
      var reconciler = listener.reconciler();
      var health =
          new ListenerHealth(tail, reconciler::problem, reconciler::newestId, canaryStatus, clock);
      var pages = new StatusPages(health, feed, traffic, metrics);
      var options = GatewaySettings.options(settings, memory);
      try (var gateway = new Gateway(options, source, pages, traffic, admission, tls)) {
        listener.start();
        var address = gateway.start();
        if (database.noCanary().isPresent()) {
          body.run(address);
          return;
        }
        try (var canary =
            new Canary(
                new CanaryRows(mysql),
                feed,
                gateway::passing,
                reconciler::resetAll,
                canaryStatus,
                metrics.registry(),
                Duration.ofSeconds(settings.canary().seconds()))) {
          canary.start();
          body.run(address);
        }
      }
    }
  }
}

package dev.orderwire.cli;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.ops.Canary;
import dev.orderwire.ops.CanaryStatus;
import dev.orderwire.ops.Metrics;
import dev.orderwire.ops.SpareHeap;
import dev.orderwire.ops.StatusPages;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.upkeep.CanaryRows;
import dev.orderwire.upkeep.Reconciler;
import dev.orderwire.upkeep.Retention;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The server's parts, and how they hang together. */
final class Wiring {
  /** What is done while the server runs; when it returns or throws, the server is ended. */
  interface WhileServing {
    void run(InetSocketAddress address) throws InterruptedException;
  }

  private Wiring() {}

  /** Begins to load what a server needs, whatever it is set to. */
  static Meanwhile load() {
    return Meanwhile.run(() -> {
      LoggerFactory.getILoggerFactory();
      Mysql.load();
    });
  }

  /**
   * Runs the server. {@link #load} has been awaited.
   *
   * @param notes takes what was made in the database, one thing a line
   */
  static void serve(
      Settings settings, MysqlOptions options, Consumer<String> notes, WhileServing body)
      throws InterruptedException {
    // Before anything of Netty is touched: it asks for its bound once.
    var bounds = Bounds.onThisMachine(settings);
    bounds.apply();
    // What comes before the gateway waits for MySQL.
    var loading = Meanwhile.run(Gateway::load);
    try (Mysql mysql = new Mysql(options)) {
      Ending.calmly(() -> serve(settings, bounds, mysql, loading, notes, body));
    }
  }

  private static void serve(
      Settings settings,
      Bounds bounds,
      Mysql mysql,
      Meanwhile loading,
      Consumer<String> notes,
      WhileServing body)
      throws InterruptedException {
    var tables = List.copyOf(settings.tables().keySet());
    Capture capture = new TriggerCapture();
    Optional<String> noCanary;
    InstallOptions install;
    try (var session = InstallSession.open(mysql)) {
      noCanary = canaryObstacle(settings, capture, session, notes);
      install = new InstallOptions(settings.install().despiteCascades(), noCanary.isEmpty());
      new RequiredInstall(capture, session, tables, install)
          .ensure(settings.install().auto(), notes);
    }

    var clock = InstantSource.system();
    var start = Tail.end(mysql);
    // After it: a table that is altered in between is read anew once more, and never too little.
    var versions = TableVersions.read(mysql, tables);
    var catalog = new WatchedTables(versions);
    var feed = new Feed(start, catalog, settings.feed().maxChanges(), bounds.feed());
    var canaryStatus = noCanary.map(CanaryStatus::off).orElseGet(() -> CanaryStatus.on(clock));
    var source =
        new Source(catalog, feed, new MysqlBacklog(mysql, catalog), new MysqlSnapshotReader(mysql));

    var bell = settings.tail().doorbell() ? new BinlogDoorbell(mysql) : Doorbell.NONE;

    loading.await();
    try (var tail = new Tail(mysql, versions, start, feed, bell);
        var upkeep =
            new Reconciler(mysql, capture, tables, install, settings.install().auto(), tail);
        var retention =
            new Retention(
                mysql, tail, settings.retention().hours(), settings.retention().megabytes());
        var metrics = new Metrics(tail, clock);
        var gateway =
            new Gateway(
                options(settings, bounds),
                source,
                new StatusPages(tail, upkeep::trouble, feed, canaryStatus, metrics, clock),
                metrics);
        var spareHeap = new SpareHeap()) {
      // Before the tail, which asks whether markers are answered.
      upkeep.start();
      tail.start();
      retention.start();
      var address = gateway.start();
      spareHeap.start();
      if (noCanary.isPresent()) {
        body.run(address);
        return;
      }
      var every = Duration.ofSeconds(settings.canary().seconds());
      try (var canary =
          new Canary(
              new CanaryRows(mysql),
              feed,
              gateway,
              upkeep::readAllAnew,
              canaryStatus,
              metrics,
              every)) {
        canary.start();
        body.run(address);
      }
    }
  }

  /** A server can do without its canary, but not silently. */
  private static Optional<String> canaryObstacle(
      Settings settings, Capture capture, InstallSession session, Consumer<String> notes) {
    if (settings.canary().seconds() == 0) {
      return Optional.of("canary.seconds is 0");
    }
    var obstacle = capture.canaryObstacle(session, settings.install().auto());
    obstacle.ifPresent(why -> notes.accept("no canary: " + why));
    return obstacle;
  }

  private static GatewayOptions options(Settings settings, Bounds bounds) {
    Set<String> actorTables =
        settings.tables().entrySet().stream()
            .filter(table -> table.getValue().actor())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    Settings.Server server = settings.server();
    return new GatewayOptions(
        server.host(),
        server.port(),
        Duration.ofSeconds(server.heartbeatSeconds()),
        Set.copyOf(server.origins()),
        actorTables,
        spoolFolder(settings.snapshots().folder()),
        limits(settings, bounds));
  }

  private static Map<Limit, Long> limits(Settings settings, Bounds bounds) {
    Map<Limit, Long> limits = new EnumMap<>(bounds.shares());
    limits.put(Limit.SPOOL_MEGABYTES, (long) settings.snapshots().spoolMegabytes());
    return limits;
  }

  private static Path spoolFolder(String set) {
    return Path.of(set.isEmpty() ? System.getProperty("java.io.tmpdir") : set);
  }
}

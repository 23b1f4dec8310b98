package dev.orderwire.cli.server;

import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlRowHistory;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.changelog.replica.Replicas;
import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.DrainOptions;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.ops.CanaryStatus;
import dev.orderwire.ops.GatewayMetrics;
import dev.orderwire.ops.ListenerHealth;
import dev.orderwire.ops.ListenerMetrics;
import dev.orderwire.ops.Metrics;
import dev.orderwire.ops.PresenceMetrics;
import dev.orderwire.ops.ReplicaMetrics;
import dev.orderwire.ops.StatusPages;
import dev.orderwire.presence.Presence;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.upkeep.InstalledCapture;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Puts a server together from its parts: a listener and a gateway in one process. */
public final class Wiring {
  /** Ends what was started. */
  interface Closing extends AutoCloseable {
    @Override
    void close();
  }

  /** Runs while the server runs. The server stops when it returns or throws. */
  public interface WhileServing {
    void run(InetSocketAddress address) throws InterruptedException;
  }

  private Wiring() {}

  /** Starts to load the classes that every server needs. */
  public static BackgroundLoading load() {
    return BackgroundLoading.start(() -> {
      LoggerFactory.getILoggerFactory();
      Mysql.loadDriver();
    });
  }

  /**
   * Runs a server. The classes of {@link #load} must be loaded.
   *
   * @param role what this process does
   * @param notes takes what was created in the database, one item a line
   */
  public static void serve(
      Settings settings, Role role, MysqlOptions options, Consumer<String> notes, WhileServing body)
      throws InterruptedException {
    if (role != Role.SERVE && !settings.bus().isOn()) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          "a relay and its gateways need a bus: set bus (as redis://host:6379), or run serve");
    }
    // Before Netty is used: it reads its memory limit only once.
    var memory = MemoryLimits.onThisMachine(settings);
    memory.apply();
    // Meanwhile, everything before the gateway waits for MySQL.
    var loading = BackgroundLoading.start(Gateway::load);
    try (var tls = GatewaySettings.tls(settings);
        var mysql = new Mysql(options)) {
      Shutdown.clearingInterrupt(
          () -> serve(settings, role, memory, tls, mysql, loading, notes, body));
    }
  }

  private static void serve(
      Settings settings,
      Role role,
      MemoryLimits memory,
      @Nullable ServerTls tls,
      Mysql mysql,
      BackgroundLoading loading,
      Consumer<String> notes,
      WhileServing body)
      throws InterruptedException {
    var database =
        role.leads()
            ? InstalledDatabase.ensure(mysql, new TriggerCapture(), settings, notes)
            : InstalledDatabase.byOthers(new TriggerCapture(), settings);
    var start = Tail.end(mysql);
    // After the position, so that no alteration is missed. One in between causes a needless reset.
    var versions = TableVersions.read(mysql, database.tables());
    if (settings.install().auto()) {
      versions = OpenMarkers.of(mysql, versions);
    }
    var catalog = new WatchedTables(versions);
    var feed = new Feed(start, catalog, settings.feed().maxChanges(), memory.feed());
    var replicas =
        new Replicas(
            settings.mysql().replicas(mysql.options()),
            mysql,
            catalog,
            () -> feed.end().position().epoch());
    var source =
        new Source(
            catalog,
            feed,
            replicas.backlog(new MysqlBacklog(mysql, catalog)),
            replicas.snapshots(new MysqlSnapshotReader(mysql)),
            new MysqlRowHistory(mysql, catalog),
            new InstalledCapture(mysql, database.capture()));
    var clock = InstantSource.system();
    var canaryStatus =
        database.noCanary().map(CanaryStatus::off).orElseGet(() -> CanaryStatus.on(clock));
    loading.await();
    try (replicas;
        var audiences = AdmissionSettings.audiences(source, clock);
        var cluster = settings.bus().isOn() ? Cluster.of(settings, role, catalog, feed) : null;
        var tail = tail(settings, cluster, mysql, versions, start, catalog, feed);
        var metrics = new Metrics();
        var presence = PresenceSettings.of(settings, role)) {
      replicas.start();
      ListenerMetrics.register(tail, metrics.registry());
      ReplicaMetrics.register(replicas, metrics.registry());
      if (cluster != null) {
        cluster.register(metrics.registry());
      }
      PresenceMetrics.register(presence, metrics.registry());
      var traffic = new GatewayMetrics(metrics.registry(), clock);
      var duties =
          new Duties(settings, mysql, database, tail, feed, canaryStatus, metrics.registry());
      duties.onUncaptured(audiences::uncaptured);
      var health = health(tail, duties, cluster, presence, replicas, canaryStatus, clock);
      var pages =
          new StatusPages(
              health,
              feed,
              traffic,
              metrics,
              () -> Optional.ofNullable(cluster).map(Cluster::status),
              presence::status,
              replicas::status);
      var options = GatewaySettings.options(settings, memory, role);
      var tables = versions.stream().map(TableVersion::table).toList();
      var admission = AdmissionSettings.of(settings, mysql, tables, audiences, clock);
      try (var gateway = new Gateway(options, source, pages, traffic, admission, tls, presence);
          var _ = follow(settings, cluster, duties, mysql, tail, gateway)) {
        if (!admission.isOpen()) {
          audiences.start();
        }
        var address = gateway.start();
        drainedAfter(body, gateway, settings.server().drain().options()).run(address);
      }
    }
  }

  private static Tail tail(
      Settings settings,
      @Nullable Cluster cluster,
      Mysql mysql,
      List<TableVersion> versions,
      Position start,
      WatchedTables catalog,
      Feed feed) {
    var doorbell = settings.tail().doorbell() ? new BinlogDoorbell(mysql) : Doorbell.NONE;
    if (cluster != null) {
      return cluster.tail(mysql, versions, start, catalog, doorbell);
    }
    var tail = new Tail(mysql, versions, start, feed, doorbell);
    tail.markers().onAdd(catalog::hold);
    return tail;
  }

  private static ListenerHealth health(
      Tail tail,
      Duties duties,
      @Nullable Cluster cluster,
      Presence presence,
      Replicas replicas,
      CanaryStatus canary,
      InstantSource clock) {
    var elsewhere = CanaryStatus.off("the leading process runs it");
    return new ListenerHealth(
        tail,
        () ->
            duties
                .problem()
                .or(() -> cluster == null ? Optional.empty() : cluster.problem())
                .or(() -> PresenceMetrics.problem(presence))
                .or(replicas::problem),
        duties::newestId,
        () -> cluster == null || duties.isOn() ? canary : elsewhere,
        clock);
  }

  /** Starts the tail and the duties; with a bus, the duties wait for the lead. */
  private static Closing follow(
      Settings settings,
      @Nullable Cluster cluster,
      Duties duties,
      Mysql mysql,
      Tail tail,
      Gateway gateway) {
    if (cluster == null) {
      // The duties before the tail, which asks whether resets follow the markers that it finds.
      var begun = duties.begin(gateway);
      tail.start();
      return begun;
    }
    if (settings.install().auto()) {
      // The leader's resets.
      tail.markers().expectResets();
    }
    tail.start();
    cluster.start(mysql, tail, () -> duties.begin(gateway));
    return cluster::stop;
  }

  /** If the body is interrupted, its clients leave while all parts still run. */
  private static WhileServing drainedAfter(
      WhileServing body, Gateway gateway, DrainOptions options) {
    return address -> {
      try {
        body.run(address);
      } catch (InterruptedException e) {
        gateway.drain(options);
        throw e;
      }
    };
  }
}

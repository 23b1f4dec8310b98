package dev.orderwire.gateway;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Audiences;
import dev.orderwire.auth.held.HeldTables;
import dev.orderwire.auth.held.Revocations;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Moment;
import dev.orderwire.feed.Preview;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.presence.Presence;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogAge;
import dev.orderwire.testing.Sources;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.upkeep.Reconciler;
import dev.orderwire.upkeep.Retention;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/** A gateway on a table {@code orders} in MySQL, with a tail. */
final class OrdersGateway implements AutoCloseable {
  final TestDatabase database;
  final CountingTraffic traffic = new CountingTraffic();
  final InetSocketAddress address;
  private final Mysql mysql;
  private final Feed feed;
  private final Tail tail;
  private final Reconciler upkeep;
  private final List<Position> positions = new CopyOnWriteArrayList<>();
  private volatile Set<String> uncaptured = Set.of();
  private boolean upkept;
  private boolean isBeside;
  private final Gateway gateway;
  private final Audiences audiences;

  /**
   * @param feedChanges how many changes the feed holds; older ones are read from the change log
   */
  OrdersGateway(int feedChanges, Map<Limit, Long> limits) {
    this(feedChanges, limits, FeedGateway.SPOOLS);
  }

  OrdersGateway(int feedChanges, Map<Limit, Long> limits, Path spools) {
    this(withTables(TestMysql.database()), feedChanges, limits, spools, _ -> Admission.OPEN);
  }

  /** Lets in whom the admission lets in. */
  OrdersGateway(int feedChanges, Map<Limit, Long> limits, Admission admission) {
    this(withTables(TestMysql.database()), feedChanges, limits, FeedGateway.SPOOLS, _ -> admission);
  }

  /**
   * Lets in whom an admission lets in that follows lookups and revocations.
   *
   * @param database also has the tables of the lookups
   * @param lookupTables the names of these tables
   */
  OrdersGateway(
      TestDatabase database,
      List<String> lookupTables,
      int feedChanges,
      Map<Limit, Long> limits,
      Function<Audiences, Admission> admission) {
    this(
        withTables(database),
        Stream.concat(lookupTables.stream(), Stream.of(RevokedTable.NAME)).toList(),
        feedChanges,
        limits,
        FeedGateway.SPOOLS,
        admission);
  }

  private static TestDatabase withTables(TestDatabase database) {
    database.execute(
        "CREATE TABLE orders (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,"
            + " customer TEXT NOT NULL, status VARCHAR(20) NOT NULL DEFAULT 'pending')",
        "CREATE TABLE `line item/+%` (`order` INT, line INT, note TEXT, PRIMARY KEY (`order`, line))");
    return database;
  }

  private OrdersGateway(
      TestDatabase database,
      int feedChanges,
      Map<Limit, Long> limits,
      Path spools,
      Function<Audiences, Admission> admission) {
    this(database, List.of(), feedChanges, limits, spools, admission);
  }

  private OrdersGateway(
      TestDatabase database,
      List<String> more,
      int feedChanges,
      Map<Limit, Long> limits,
      Path spools,
      Function<Audiences, Admission> admission) {
    this.database = database;
    List<String> tables =
        Stream.concat(Stream.of("orders", "line item/+%"), more.stream()).toList();
    mysql = new Mysql(database.options());
    new TriggerCapture().install(mysql, tables, InstallOptions.DEFAULT);
    Position start = Tail.end(mysql);
    List<TableVersion> versions = OpenMarkers.of(mysql, TableVersions.read(mysql, tables));
    WatchedTables catalog = new WatchedTables(versions);
    feed = new Feed(start, catalog, feedChanges, 1L << 30);
    positions.add(start);
    feed.addPreview(
        new Preview() {
          @Override
          public void onMoment(Moment moment) {
            positions.add(moment.position());
          }

          @Override
          public void onRestart(Position from, long sequence) {
            positions.add(from);
          }
        });
    tail = new Tail(mysql, versions, start, feed, Doorbell.NONE);
    tail.markers().onAdd(catalog::hold);
    upkeep =
        new Reconciler(mysql, new TriggerCapture(), tables, InstallOptions.DEFAULT, true, tail);
    Source source = Sources.of(mysql, catalog, feed);
    GatewayOptions options =
        new GatewayOptions("127.0.0.1", 0, Duration.ofHours(1), Set.of(), Set.of(), spools, limits);
    HeldTables held = new HeldTables(feed, catalog, source.snapshots());
    audiences =
        new Audiences(held, new Revocations(held, RevokedTable.NAME, InstantSource.system()));
    upkeep.onUncaptured(names -> {
      audiences.uncaptured(names);
      uncaptured = names;
    });
    gateway =
        new Gateway(
            options,
            source,
            FeedGateway.PAGES,
            traffic,
            admission.apply(audiences),
            null,
            Presence.alone("test"));
    tail.start();
    if (more.contains(RevokedTable.NAME)) {
      audiences.start();
    }
    address = gateway.start();
  }

  /** Another server of this database, to be closed before this one. */
  OrdersGateway beside(int feedChanges) {
    OrdersGateway other =
        new OrdersGateway(database, feedChanges, Map.of(), FeedGateway.SPOOLS, _ -> Admission.OPEN);
    other.isBeside = true;
    return other;
  }

  /** Starts to repair triggers when tables are altered. */
  OrdersGateway keepUp() {
    upkept = true;
    upkeep.start();
    return this;
  }

  /** Holds tables that have a marker, as a server does that repairs triggers. */
  OrdersGateway holdMarked() {
    tail.markers().expectResets();
    return this;
  }

  /** Waits until the server knows that the changes of a table are not captured. */
  void awaitUncaptured(String table) {
    Await.until("the server misses " + table, () -> uncaptured.contains(table));
  }

  /** What the reconciler could not repair yet. */
  Optional<String> problem() {
    return upkeep.problem();
  }

  /** The address of a path whose query is percent-encoded here; names and values by turns. */
  URI uri(String scheme, String path, String... query) {
    StringBuilder uri = new StringBuilder(scheme + "://127.0.0.1:" + address.getPort() + path);
    for (int i = 0; i < query.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(query[i])
          .append('=')
          .append(URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8));
    }
    return URI.create(uri.toString());
  }

  URI ws(String... query) {
    return uri("ws", "/ws", query);
  }

  /** The position of the feed. */
  Position position() {
    return feed.end().position();
  }

  /** All positions that the feed has been at, in their order. */
  List<Position> positions() {
    return positions;
  }

  /** Inserts orders in one transaction. */
  void insert(int orders) {
    database.execute(
        "INSERT INTO orders (customer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
            + " FROM n WHERE i < "
            + orders
            + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ CONCAT('customer ', i)"
            + " FROM n");
    awaitAll();
  }

  /** Writes a marker for the orders, as if a change of them could not be logged. */
  void mark() {
    database.execute(
        "INSERT INTO orderwire_change_log (table_name, op, actor) VALUES ('orders', 'update', 'test')");
  }

  /** The ids of all committed changes. */
  List<Long> ids() {
    return database.query("SELECT id FROM orderwire_change_log ORDER BY id").stream()
        .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
        .toList();
  }

  /** Waits until the feed has shown all committed changes. */
  void awaitAll() {
    List<Long> ids = ids();
    Await.until(
        "the feed shows all committed changes", () -> ids.stream().allMatch(position()::covers));
  }

  /** Deletes all changes that the feed has shown except the newest, as retention does. */
  void deleteOld() {
    LogAge.seen(database, ids().getLast(), Duration.ofHours(3));
    try (Retention retention = new Retention(mysql, tail, 2, 0)) {
      retention.start();
      Await.until("the newest alone is kept", () -> ids().size() == 1);
    }
  }

  @Override
  public void close() {
    gateway.close();
    audiences.close();
    if (upkept) {
      upkeep.close();
    }
    tail.close();
    mysql.close();
    if (!isBeside) {
      database.close();
    }
  }
}

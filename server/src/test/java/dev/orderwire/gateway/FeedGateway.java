package dev.orderwire.gateway;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.http.Pages;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.presence.Presence;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway on a feed that the test fills. Its stored data are unavailable, and its heart beats
 * once in an hour unless the test says otherwise.
 */
public final class FeedGateway implements AutoCloseable {
  static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456Z");

  public static final Table ORDERS =
      new Table(
          "orders",
          List.of(
              new Column("id", "bigint unsigned", "bigint"),
              new Column("customer", "varchar(100)", "varchar"),
              new Column("status", "varchar(20)", "varchar"),
              new Column("amount", "decimal(10,2)", "decimal")),
          List.of("id"));

  static final Table LINES =
      new Table(
          "line item/+%",
          List.of(new Column("order", "int", "int"), new Column("line", "int", "int")),
          List.of("order", "line"));

  static final Path SPOOLS = Path.of("target", "spools");

  static final Pages PAGES =
      new Pages() {
        @Override
        public Page health(boolean draining) {
          return new Page(200, "application/json", "{\"status\":\"up\"}");
        }

        @Override
        public Page live() {
          return new Page(200, "application/json", "{}");
        }

        @Override
        public Page ready(boolean draining) {
          return new Page(
              draining ? 503 : 200, "application/json", "{\"ready\":%s}".formatted(!draining));
        }

        @Override
        public Page metrics() {
          return new Page(200, "text/plain; version=0.0.4; charset=utf-8", "one 1\n");
        }
      };

  final CountingTraffic traffic = new CountingTraffic();
  final Feed feed;
  final WatchedTables catalog;
  final Gateway gateway;
  public final InetSocketAddress address;
  private Position position;

  public FeedGateway() {
    this(Map.of());
  }

  public FeedGateway(Map<Limit, Long> limits) {
    this(options(Duration.ofHours(1), Set.of(), limits), 100_000);
  }

  public FeedGateway(GatewayOptions options, int changesInFeed) {
    this(options, changesInFeed, new UnavailableStore());
  }

  FeedGateway(GatewayOptions options, int changesInFeed, UnavailableStore store) {
    this(options, changesInFeed, store, store);
  }

  FeedGateway(
      GatewayOptions options, int changesInFeed, Backlog backlog, SnapshotReader snapshots) {
    this(options, changesInFeed, backlog, snapshots, Admission.OPEN, null);
  }

  /** A gateway whose connections are encrypted; the test closes {@code tls} after it. */
  public FeedGateway(Map<Limit, Long> limits, ServerTls tls) {
    this(
        options(Duration.ofHours(1), Set.of(), limits),
        100_000,
        new UnavailableStore(),
        new UnavailableStore(),
        Admission.OPEN,
        tls);
  }

  /** A gateway whose connections are encrypted, for those whom the admission lets in. */
  FeedGateway(Admission admission, ServerTls tls) {
    this(
        options(Duration.ofHours(1), Set.of(), Map.of()),
        100_000,
        new UnavailableStore(),
        new UnavailableStore(),
        admission,
        tls);
  }

  FeedGateway(
      GatewayOptions options,
      int changesInFeed,
      Backlog backlog,
      SnapshotReader snapshots,
      @Nullable ServerTls tls) {
    this(options, changesInFeed, backlog, snapshots, Admission.OPEN, tls);
  }

  FeedGateway(
      GatewayOptions options,
      int changesInFeed,
      Backlog backlog,
      SnapshotReader snapshots,
      Admission admission,
      @Nullable ServerTls tls) {
    this(options, changesInFeed, backlog, snapshots, admission, tls, Presence.alone("test"));
  }

  /** A gateway that knows of others. The test closes {@code presence} after it. */
  public FeedGateway(GatewayOptions options, Admission admission, Presence presence) {
    this(
        options,
        100_000,
        new UnavailableStore(),
        new UnavailableStore(),
        admission,
        null,
        presence);
  }

  private FeedGateway(
      GatewayOptions options,
      int changesInFeed,
      Backlog backlog,
      SnapshotReader snapshots,
      Admission admission,
      @Nullable ServerTls tls,
      Presence presence) {
    // Changes are known to a position of some age.
    position = new Position("epoch1", 100, Ids.NONE);
    catalog = new WatchedTables(List.of(new TableVersion(ORDERS, 0), new TableVersion(LINES, 0)));
    feed = new Feed(position, catalog, changesInFeed, 1L << 30);
    Source source =
        new Source(
            catalog,
            feed,
            backlog,
            snapshots,
            new UnavailableStore(),
            _ -> CaptureCheck.State.UNKNOWN);
    gateway = new Gateway(options, source, PAGES, traffic, admission, tls, presence);
    address = gateway.start();
  }

  /** Takes any token for the name of its customer, who sees all orders. */
  static Admission byName() {
    return Admission.by(
        token -> new Identity(token, Map.of(), List.of("customer"), null, null),
        policies("{\"orders\":{\"customer\":{\"rows\":\"all\"}}}"));
  }

  /** Takes any token {@code ROLE:NAME} for the name and the role of its holder. */
  public static Admission byRole(String policies) {
    return Admission.by(
        token -> {
          String[] parts = token.split(":", 2);
          return new Identity(parts[1], Map.of(), List.of(parts[0]), null, null);
        },
        policies(policies));
  }

  private static Policies policies(String json) {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(JsonMapper.shared().readTree(json), new Seal(new byte[32]), problems);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(problems.toString());
    }
    return policies;
  }

  public static GatewayOptions options(
      Duration heartbeat, Set<String> origins, Map<Limit, Long> limits) {
    return options(heartbeat, origins, limits, SPOOLS);
  }

  /** The options of a gateway that believes proxies. */
  public static GatewayOptions options(Map<Limit, Long> limits, Proxies proxies) {
    return new GatewayOptions(
        "127.0.0.1", 0, Duration.ofHours(1), Set.of(), Set.of(), SPOOLS, limits, proxies);
  }

  static GatewayOptions options(
      Duration heartbeat, Set<String> origins, Map<Limit, Long> limits, Path spools) {
    return new GatewayOptions(
        "127.0.0.1", 0, heartbeat, origins, Set.of(LINES.name()), spools, limits);
  }

  /** The address of a path whose query is percent-encoded here; names and values by turns. */
  public URI uri(String scheme, String path, String... query) {
    StringBuilder uri = new StringBuilder(scheme + "://127.0.0.1:" + address.getPort() + path);
    for (int i = 0; i < query.length; i += 2) {
      uri.append(i == 0 ? '?' : '&')
          .append(query[i])
          .append('=')
          .append(URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8));
    }
    return URI.create(uri.toString());
  }

  public URI ws(String... query) {
    return uri("ws", "/ws", query);
  }

  public URI events(String... query) {
    return uri("http", "/events", query);
  }

  Position position() {
    return position;
  }

  /**
   * Waits until the event loops follow the feed for all subscriptions that were answered: changes
   * before that are caught up on, and do not count as new.
   */
  void awaitFollowing() {
    gateway.passing(feed.end().cursor()).forEach(CompletableFuture::join);
  }

  /** One moment with these changes. */
  public void append(Change... changes) {
    append(true, changes);
  }

  void append(boolean complete, Change... changes) {
    long[] ids = new long[changes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = changes[i].id();
    }
    position = position.with(Ids.of(ids));
    feed.onMoment(List.of(changes), List.of(), position, complete, Instant.EPOCH);
  }

  /** The next moment resets a table, to this shape. */
  void reset(Table table, Change... alongside) {
    long id = position.head() + 1;
    position = position.with(Ids.of(id));
    for (Change change : alongside) {
      position = position.with(Ids.of(change.id()));
    }
    feed.onMoment(
        List.of(alongside), List.of(new TableVersion(table, id)), position, true, Instant.EPOCH);
  }

  public static Row order(long id, String customer, String status) {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("id", String.valueOf(id));
    cells.put("customer", '"' + customer + '"');
    cells.put("status", '"' + status + '"');
    cells.put("amount", "\"10.00\"");
    return Row.of(cells);
  }

  public static Change insert(long changeId, Row row) {
    return change(changeId, Op.INSERT, null, row);
  }

  static Change update(long changeId, Row before, Row after) {
    return change(changeId, Op.UPDATE, before, after);
  }

  static Change delete(long changeId, Row row) {
    return change(changeId, Op.DELETE, row, null);
  }

  private static Change change(long id, Op op, @Nullable Row before, @Nullable Row after) {
    Row any = after == null ? before : after;
    if (any == null) {
      throw new IllegalArgumentException("a change has a row");
    }
    Key key = new Key(any.only(ColumnNames.of(ORDERS.key()), null));
    return new Change(id, "orders", op, key, before, after, AT, "shop@localhost");
  }

  static Change line(long changeId, int order, int line) {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("order", String.valueOf(order));
    cells.put("line", String.valueOf(line));
    Row row = Row.of(cells);
    return new Change(
        changeId, LINES.name(), Op.INSERT, new Key(row), null, row, AT, "shop@localhost");
  }

  /** Inserts of orders {@code first} to {@code last} as changes of the same ids. */
  static List<Change> inserts(long first, long last) {
    List<Change> changes = new ArrayList<>();
    for (long id = first; id <= last; id++) {
      changes.add(insert(id, order(id, "customer " + id, "pending")));
    }
    return changes;
  }

  @Override
  public void close() {
    gateway.close();
  }
}

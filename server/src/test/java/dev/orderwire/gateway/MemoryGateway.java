package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.order;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.tls.ServerTls;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A gateway whose table {@code orders} and change log are in memory. For one thread. */
final class MemoryGateway implements AutoCloseable {
  final InMemoryStore store = new InMemoryStore();
  final CountingTraffic traffic;
  final InetSocketAddress address;
  private final FeedGateway gateway;
  private final Map<Long, Row> orders = new LinkedHashMap<>();
  private long newestChange;
  private long newestOrder;

  /**
   * @param feedChanges how many changes the feed holds; the store has all
   */
  MemoryGateway(int feedChanges, Map<Limit, Long> limits) {
    this(feedChanges, limits, FeedGateway.SPOOLS);
  }

  MemoryGateway(int feedChanges, Map<Limit, Long> limits, Path spools) {
    this(feedChanges, limits, spools, null);
  }

  /** A gateway whose connections are encrypted; the test closes {@code tls} after it. */
  MemoryGateway(int feedChanges, Map<Limit, Long> limits, Path spools, @Nullable ServerTls tls) {
    gateway =
        new FeedGateway(
            FeedGateway.options(Duration.ofHours(1), Set.of(), limits, spools),
            feedChanges,
            store,
            store,
            tls);
    traffic = gateway.traffic;
    address = gateway.address;
    newestChange = gateway.position().head();
  }

  URI uri(String scheme, String path, String... query) {
    return gateway.uri(scheme, path, query);
  }

  URI ws(String... query) {
    return gateway.ws(query);
  }

  /** The position of the feed. */
  Position position() {
    return gateway.position();
  }

  List<Long> ids() {
    return store.ids();
  }

  /** New pending orders in one transaction. */
  void insert(int count) {
    insert(count, "customer", "pending");
  }

  void insert(int count, String customer, String status) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      newestOrder++;
      changes.add(insert(newestOrder, customer, status));
    }
    commit(changes);
  }

  private Change insert(long id, String customer, String status) {
    Row row = order(id, customer, status);
    orders.put(id, row);
    return FeedGateway.insert(++newestChange, row);
  }

  /** Updates orders in one transaction. */
  void update(String customer, String status, long... ids) {
    List<Change> changes = new ArrayList<>();
    for (long id : ids) {
      Row before = Objects.requireNonNull(orders.get(id));
      Row after = order(id, customer, status);
      orders.put(id, after);
      changes.add(FeedGateway.update(++newestChange, before, after));
    }
    commit(changes);
  }

  /** Deletes the orders from {@code first} on in one transaction. */
  void deleteFrom(long first) {
    List<Change> changes = new ArrayList<>();
    for (long id = first; id <= newestOrder; id++) {
      Row row = orders.remove(id);
      if (row != null) {
        changes.add(FeedGateway.delete(++newestChange, row));
      }
    }
    commit(changes);
  }

  private void commit(List<Change> changes) {
    store.commit(changes);
    gateway.append(changes.toArray(Change[]::new));
  }

  @Override
  public void close() {
    gateway.close();
  }
}

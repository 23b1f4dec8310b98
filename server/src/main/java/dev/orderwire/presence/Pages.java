package dev.orderwire.presence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists the connections of all servers: those of this one as they are, those of the others as they
 * are stored.
 */
final class Pages {
  /** How many connections are looked at for a page, about. */
  private static final int MOST_EXAMINED = 10_000;

  private final PresenceStore store;
  private final ServerLine self;
  private final OwnClients own;

  Pages(PresenceStore store, ServerLine self, OwnClients own) {
    this.store = store;
    this.self = self;
    this.own = own;
  }

  /** As {@link Presence#page}. */
  ClientPage page(@Nullable String identity, @Nullable ConnectionId after, int limit)
      throws InterruptedException {
    NavigableMap<String, ServerLine> servers = new TreeMap<>(Heart.read(store.servers()));
    servers.put(self.id(), self);
    Page page = new Page(identity, after, limit);
    NavigableMap<String, ServerLine> left =
        after == null ? servers : servers.tailMap(after.server(), true);
    for (String each : left.keySet()) {
      if (each.equals(self.id())) {
        page.examine(own.page(identity, page.last, limit + 1 - page.found.size()));
      } else {
        examine(each, page);
      }
      if (page.isFull()) {
        break;
      }
    }
    return new ClientPage(
        page.found.size() > limit ? page.found.subList(0, limit) : page.found,
        servers.values().stream().map(ServerLine::listed).toList(),
        page.end(),
        Optional.empty());
  }

  private void examine(String server, Page page) throws InterruptedException {
    String identity = page.identity;
    if (identity != null) {
      Map<String, Integer> counts =
          store.counts(List.of(server), List.of(Counted.identity(identity)));
      if (counts.isEmpty()) {
        return;
      }
    }
    ConnectionId from = page.last;
    int first = from != null && from.server().equals(server) ? from.bucket() : 0;
    for (int bucket = first; bucket < ConnectionId.BUCKETS && !page.isFull(); bucket++) {
      List<ConnectedClient> clients = new ArrayList<>();
      for (String text : store.clients(server, bucket)) {
        ConnectedClient.read(text).filter(client -> isOf(client, server)).ifPresent(clients::add);
      }
      page.examine(clients);
    }
  }

  /** What others have written there must not break the order. */
  private static boolean isOf(ConnectedClient client, String server) {
    return client.id().server().equals(server);
  }

  /** What has been found so far. */
  private static final class Page {
    private final @Nullable String identity;
    private final int limit;
    private final List<ConnectedClient> found = new ArrayList<>();

    /** The last connection that was looked at. */
    private @Nullable ConnectionId last;

    private int examined;

    Page(@Nullable String identity, @Nullable ConnectionId after, int limit) {
      this.identity = identity;
      this.last = after;
      this.limit = limit;
    }

    boolean isFull() {
      return found.size() > limit || examined >= MOST_EXAMINED;
    }

    void examine(List<ConnectedClient> clients) {
      List<ConnectedClient> sorted = new ArrayList<>(clients);
      sorted.sort((one, other) -> one.id().compareTo(other.id()));
      for (ConnectedClient client : sorted) {
        if (found.size() > limit) {
          return;
        }
        if (last == null || client.id().compareTo(last) > 0) {
          examined++;
          last = client.id();
          if (identity == null || identity.equals(client.identity())) {
            found.add(client);
          }
        }
      }
    }

    /** Where the next page begins; null if there is none. */
    @Nullable ConnectionId end() {
      if (found.size() > limit) {
        return found.get(limit - 1).id();
      }
      return examined >= MOST_EXAMINED ? last : null;
    }
  }
}

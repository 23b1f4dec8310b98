package dev.orderwire.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the others have not been told yet. Event loops add to it, and one thread tells. Of what
 * changes several times in between, only the last is told. While there is nobody to tell, nothing
 * is kept: {@link #open} begins anew, and all must be announced again.
 */
final class Announcements {
  /** How many connections, or counts, are stored at once. */
  private static final int BATCH = 1_000;

  /**
   * The connections of a party that were opened since its other ones were asked for.
   *
   * @param tooMany for each of them, the oldest first
   */
  private record Arrived(Counted party, List<Runnable> tooMany) {
    Arrived and(Counted now, Runnable one) {
      List<Runnable> all = new ArrayList<>(tooMany);
      all.add(one);
      return new Arrived(now, all);
    }
  }

  private final Map<Long, Optional<ConnectedClient>> clients = new ConcurrentHashMap<>();
  private final Map<String, Counted> counts = new ConcurrentHashMap<>();
  private final Map<String, Arrived> arrived = new ConcurrentHashMap<>();
  private volatile boolean open;

  /** Keeps what is added from now on. */
  void open() {
    // Once more: what an event loop had begun to add is old by now.
    clear();
    open = true;
  }

  /** Forgets all, and keeps nothing. */
  void close() {
    open = false;
    clear();
  }

  private void clear() {
    clients.clear();
    counts.clear();
    arrived.clear();
  }

  void client(ConnectedClient client) {
    if (open) {
      clients.put(client.id().number(), Optional.of(client));
    }
  }

  void ended(long number) {
    if (open) {
      clients.put(number, Optional.empty());
    }
  }

  void changed(Counted party) {
    if (open) {
      counts.put(party.name(), party);
    }
  }

  void arrived(Counted party, Runnable tooMany) {
    if (open) {
      arrived.compute(
          party.name(),
          (_, before) ->
              (before == null ? new Arrived(party, List.of()) : before).and(party, tooMany));
    }
  }

  /** Tells all that was added. For one thread. */
  void tell(PresenceStore store) throws InterruptedException {
    // Numbers first: they decide who may connect.
    while (!counts.isEmpty()) {
      Map<String, Integer> batch = new HashMap<>();
      for (String name : some(counts.keySet())) {
        Counted party = counts.remove(name);
        if (party != null) {
          // Read now: what changes later is added again.
          batch.put(name, party.here());
        }
      }
      store.storeCounts(batch);
    }
    while (!clients.isEmpty()) {
      Map<Long, Optional<String>> batch = new HashMap<>();
      for (Long number : some(clients.keySet())) {
        Optional<ConnectedClient> client = clients.remove(number);
        if (client != null) {
          batch.put(number, client.map(ConnectedClient::text));
        }
      }
      store.storeClients(batch);
    }
  }

  private static <T> List<T> some(Collection<T> all) {
    return all.stream().limit(BATCH).toList();
  }

  /**
   * Tells the parties with new connections how many they have on other servers. Their newest
   * connections are told if that is too many. After {@link #tell}, so that of two servers with new
   * connections of one party at least one sees those of the other. For one thread.
   */
  void ask(PresenceStore store, Collection<String> others) throws InterruptedException {
    while (!arrived.isEmpty()) {
      List<Arrived> asked = new ArrayList<>();
      for (String name : some(arrived.keySet())) {
        Arrived each = arrived.remove(name);
        if (each != null) {
          asked.add(each);
        }
      }
      Map<String, Integer> elsewhere =
          others.isEmpty()
              ? Map.of()
              : store.counts(others, asked.stream().map(each -> each.party().name()).toList());
      for (Arrived each : asked) {
        int tooMany = each.party().elsewhere(elsewhere.getOrDefault(each.party().name(), 0));
        List<Runnable> newest = each.tooMany();
        newest
            .subList(Math.max(0, newest.size() - Math.max(0, tooMany)), newest.size())
            .forEach(Runnable::run);
      }
    }
  }
}

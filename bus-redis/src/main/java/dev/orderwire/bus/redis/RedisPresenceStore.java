package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.BusException;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.PresenceStore;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Connections in Redis. What a server stores is spread over buckets, so that no key is large, and
 * all of it has a time to live. The size of each bucket shows whether Redis has lost something.
 */
final class RedisPresenceStore implements PresenceStore {
  private static final int BUCKETS = ConnectionId.BUCKETS;

  private final RedisSettings settings;
  private final PresenceKeys keys;
  private final String server;
  private final Connector connector;

  /** For what this server stores, on the thread that does so. */
  private final Commands own;

  /** For questions about other servers, which must not wait behind the former. */
  private final Commands others;

  /** For messages: the connection is blocked until one comes. */
  private final Commands inbox;

  /** How many fields each bucket has, by its key, as Redis has answered so far. */
  private final Map<String, Long> sizes = new HashMap<>();

  RedisPresenceStore(RedisSettings settings, Connector connector, String server) {
    this.settings = settings;
    this.keys = new PresenceKeys(settings.key());
    this.server = server;
    this.connector = connector;
    this.own = new Commands(settings, connector);
    this.others = new Commands(settings, connector);
    this.inbox = new Commands(settings, connector);
  }

  @Override
  public synchronized void join() throws InterruptedException {
    sizes.clear();
    List<Link.Sent<Long>> all = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      all.add(Commands.number(CommandType.DEL, keys.clients(server, bucket)));
      all.add(Commands.number(CommandType.DEL, keys.counts(server, bucket)));
    }
    own.run(all);
  }

  @Override
  public synchronized boolean renew(String about) throws InterruptedException {
    List<Link.Sent<?>> all = new ArrayList<>();
    // The list of servers after what is read of this one, or another would strike it off.
    all.add(Commands.status(CommandType.SET, keys.server(server), about, "PX", LIFETIME_MILLIS));
    all.add(Commands.number(CommandType.SADD, keys.servers(), server));
    all.add(Commands.number(CommandType.PEXPIRE, keys.servers(), LIFETIME_MILLIS));
    Map<String, Link.Sent<Long>> lengths = new HashMap<>();
    sizes.forEach((key, size) -> {
      Link.Sent<Long> length = Commands.number(CommandType.HLEN, key);
      lengths.put(key, length);
      all.add(length);
      if (size > 0) {
        all.add(Commands.number(CommandType.PEXPIRE, key, LIFETIME_MILLIS));
      }
    });
    own.run(all);
    return lengths.entrySet().stream()
        .allMatch(each -> each.getValue().join().equals(sizes.get(each.getKey())));
  }

  @Override
  public synchronized void leave() throws InterruptedException {
    List<Link.Sent<Long>> all = new ArrayList<>();
    for (String key : sizes.keySet()) {
      all.add(Commands.number(CommandType.DEL, key));
    }
    all.add(Commands.number(CommandType.DEL, keys.server(server)));
    all.add(Commands.number(CommandType.DEL, keys.inbox(server)));
    all.add(Commands.number(CommandType.SREM, keys.servers(), server));
    own.run(all);
    sizes.clear();
  }

  @Override
  public void storeClients(Map<Long, Optional<String>> changed) throws InterruptedException {
    Map<String, Map<String, Optional<String>>> buckets = new LinkedHashMap<>();
    changed.forEach((number, client) ->
        buckets
            .computeIfAbsent(
                keys.clients(server, ConnectionId.bucket(number)), _ -> new LinkedHashMap<>())
            .put(number.toString(), client));
    store(buckets);
  }

  @Override
  public void storeCounts(Map<String, Integer> changed) throws InterruptedException {
    Map<String, Map<String, Optional<String>>> buckets = new LinkedHashMap<>();
    changed.forEach((party, count) ->
        buckets
            .computeIfAbsent(keys.counts(server, bucketOf(party)), _ -> new LinkedHashMap<>())
            .put(party, count == 0 ? Optional.empty() : Optional.of(count.toString())));
    store(buckets);
  }

  private static int bucketOf(String party) {
    return Math.floorMod(party.hashCode(), BUCKETS);
  }

  /**
   * @param buckets fields to set, or to remove if empty, by the key of the hash
   */
  private synchronized void store(Map<String, Map<String, Optional<String>>> buckets)
      throws InterruptedException {
    Map<String, Link.Sent<Long>> added = new HashMap<>();
    Map<String, Link.Sent<Long>> removed = new HashMap<>();
    List<Link.Sent<Long>> all = new ArrayList<>();
    buckets.forEach((key, fields) -> {
      List<String> set = new ArrayList<>();
      List<String> gone = new ArrayList<>();
      fields.forEach((field, value) ->
          value.ifPresentOrElse(text -> set.addAll(List.of(field, text)), () -> gone.add(field)));
      if (!set.isEmpty()) {
        added.put(key, Commands.number(CommandType.HSET, key, set.toArray()));
        all.add(added.get(key));
        // The key may be new.
        all.add(Commands.number(CommandType.PEXPIRE, key, LIFETIME_MILLIS));
      }
      if (!gone.isEmpty()) {
        removed.put(key, Commands.number(CommandType.HDEL, key, gone.toArray()));
        all.add(removed.get(key));
      }
    });
    own.run(all);
    added.forEach((key, count) -> sizes.merge(key, count.join(), Long::sum));
    removed.forEach((key, count) -> sizes.merge(key, -count.join(), Long::sum));
  }

  @Override
  public Map<String, String> servers() throws InterruptedException {
    List<String> ids =
        others.ask(Commands.values(CommandType.SMEMBERS, keys.servers()), 0).stream()
            .map(id -> new String(id, UTF_8))
            .toList();
    Map<String, Link.Sent<byte[]>> asked = new LinkedHashMap<>();
    ids.forEach(id -> asked.put(id, Commands.value(CommandType.GET, keys.server(id))));
    others.run(List.copyOf(asked.values()));
    Map<String, String> servers = new HashMap<>();
    List<Link.Sent<Long>> dead = new ArrayList<>();
    asked.forEach((id, answer) -> {
      byte[] about = answer.join();
      if (about != null) {
        servers.put(id, new String(about, UTF_8));
      } else if (!id.equals(server)) {
        dead.add(Commands.number(CommandType.SREM, keys.servers(), id));
      }
    });
    if (!dead.isEmpty()) {
      others.run(dead);
    }
    return servers;
  }

  @Override
  public Map<String, Integer> counts(Collection<String> servers, Collection<String> parties)
      throws InterruptedException {
    Map<Integer, List<String>> byBucket = new HashMap<>();
    parties.forEach(
        party -> byBucket.computeIfAbsent(bucketOf(party), _ -> new ArrayList<>()).add(party));
    List<Link.Sent<List<Object>>> all = new ArrayList<>();
    List<List<String>> asked = new ArrayList<>();
    for (String id : servers) {
      byBucket.forEach((bucket, names) -> {
        all.add(Commands.list(CommandType.HMGET, keys.counts(id, bucket), names.toArray()));
        asked.add(names);
      });
    }
    others.run(all);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      List<Object> answer = all.get(i).join();
      for (int j = 0; j < answer.size(); j++) {
        int count = number(answer.get(j));
        if (count > 0) {
          counts.merge(asked.get(i).get(j), count, Integer::sum);
        }
      }
    }
    return counts;
  }

  private static int number(Object value) {
    try {
      return value instanceof byte[] bytes ? Integer.parseInt(new String(bytes, UTF_8)) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public List<String> clients(String id, int bucket) throws InterruptedException {
    return others.ask(Commands.values(CommandType.HVALS, keys.clients(id, bucket)), 0).stream()
        .map(text -> new String(text, UTF_8))
        .toList();
  }

  @Override
  public void send(String id, String message) throws InterruptedException {
    String key = keys.inbox(id);
    others.run(
        List.of(
            Commands.number(CommandType.RPUSH, key, message),
            // Also for a server that has ended.
            Commands.number(CommandType.PEXPIRE, key, LIFETIME_MILLIS)));
  }

  @Override
  public Optional<String> receive(long millis) throws InterruptedException {
    // The key and the message; or null.
    List<Object> answer =
        inbox.ask(
            Commands.list(CommandType.BLPOP, keys.inbox(server), Math.max(1, millis / 1_000)),
            millis);
    if (answer == null || answer.size() != 2) {
      return Optional.empty();
    }
    if (!(answer.get(1) instanceof byte[] message)) {
      throw new BusException("Redis at %s answers BLPOP otherwise".formatted(settings), null);
    }
    return Optional.of(new String(message, UTF_8));
  }

  @Override
  public String toString() {
    return settings.toString();
  }

  @Override
  public void close() {
    own.close();
    others.close();
    inbox.close();
    connector.close();
  }
}

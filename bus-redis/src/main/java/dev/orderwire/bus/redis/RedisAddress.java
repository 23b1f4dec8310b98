package dev.orderwire.bus.redis;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The setting {@code bus} or {@code cluster} as Lettuce reads it, without its query. */
final class RedisAddress {
  private static final Set<String> SENTINEL = Set.of("redis-sentinel", "rediss-sentinel");
  private static final Set<String> SERVER = Set.of("redis", "rediss");

  private RedisAddress() {}

  /**
   * The addresses of a cluster's nodes; otherwise one.
   *
   * @throws OrderwireException if the address is invalid
   */
  static List<RedisURI> parse(URI address, boolean cluster, RedisProperties given) {
    String scheme = String.valueOf(address.getScheme());
    if (SENTINEL.contains(scheme)) {
      if (cluster) {
        throw given.bad("a cluster has no Sentinel: remove cluster, or write redis://");
      }
      return List.of(sentinel(address, given));
    }
    if (!SERVER.contains(scheme)) {
      throw invalid(given);
    }
    List<RedisURI> all = servers(address, given);
    if (all.size() > 1 && !cluster) {
      throw given.bad("several hosts are nodes of a cluster: add cluster: true");
    }
    return all;
  }

  private static RedisURI sentinel(URI address, RedisProperties given) {
    URI plain = withoutQuery(address);
    String master =
        Optional.ofNullable(plain.getFragment())
            .or(() -> given.text("sentinelMasterId"))
            .orElseThrow(() ->
                given.bad(
                    "Sentinel needs the master's name: sentinelMasterId, or redis-sentinel://HOST:PORT#NAME"));
    try {
      RedisURI sentinels = RedisURI.create(plain.getFragment() == null ? named(plain) : plain);
      sentinels.setSentinelMasterId(master);
      return sentinels;
    } catch (RuntimeException e) {
      throw invalid(given);
    }
  }

  /** Lettuce reads no address of Sentinel without a master's name. */
  private static URI named(URI plain) {
    return URI.create(plain + "#master");
  }

  private static List<RedisURI> servers(URI address, RedisProperties given) {
    URI plain = withoutQuery(address);
    try {
      RedisURI whole = RedisURI.create(plain);
      if (plain.getHost() != null) {
        return List.of(whole);
      }
      // Several hosts, or one with a name that java.net.URI does not take for a name.
      List<RedisURI> all = RedisClusterURIUtil.toRedisURIs(plain);
      all.forEach(each -> each.setDatabase(whole.getDatabase()));
      return all;
    } catch (RuntimeException e) {
      throw invalid(given);
    }
  }

  private static URI withoutQuery(URI address) {
    String text = address.toString();
    String query = address.getRawQuery();
    return query == null ? address : URI.create(text.replace("?" + query, ""));
  }

  /** Without a cause: its message may have a part of the password. */
  private static OrderwireException invalid(RedisProperties given) {
    return new OrderwireException(
        ErrorCode.BAD_SETTINGS,
        "%1$s is no valid address: write redis://HOST:PORT, or rediss:// for TLS, or redis-sentinel://HOST:PORT,HOST:PORT#MASTER; in front of the host, USER:PASSWORD@ with percent-encoded special characters; or use %1$s.properties.password"
            .formatted(given.setting()));
  }
}

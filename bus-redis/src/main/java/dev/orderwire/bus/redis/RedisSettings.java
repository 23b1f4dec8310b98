package dev.orderwire.bus.redis;

import dev.orderwire.change.OrderwireException;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where Redis is, and how to reach it.
 *
 * @param addresses of a cluster's nodes; otherwise one, that of the server or of its Sentinels
 * @param key that of the stream of a bus; what the keys of a store begin with
 * @param timeout of a command, and of an attempt to connect to one address
 * @param name the address without user and password
 */
record RedisSettings(
    List<RedisURI> addresses,
    boolean cluster,
    String key,
    Duration timeout,
    SslOptions tls,
    String name) {
  RedisSettings {
    addresses = List.copyOf(addresses);
  }

  /**
   * Reads the settings of a bus.
   *
   * @throws OrderwireException {@code bad_settings} if the address or a property is invalid; the
   *     message has no password
   */
  static RedisSettings ofBus(URI address, Map<String, String> properties) {
    return of(new RedisProperties("bus", "stream", address, properties), "stream", address);
  }

  /**
   * Reads the settings of a store of connections.
   *
   * @throws OrderwireException as above
   */
  static RedisSettings ofCluster(URI address, Map<String, String> properties) {
    return of(new RedisProperties("cluster", "prefix", address, properties), "prefix", address);
  }

  private static RedisSettings of(RedisProperties given, String key, URI address) {
    boolean cluster = given.flag("cluster");
    Duration timeout = given.duration("timeout", Duration.ofSeconds(2));
    List<RedisURI> addresses = RedisAddress.parse(address, cluster, given);
    for (RedisURI each : addresses) {
      each.setTimeout(timeout);
      given.text("clientName").ifPresent(each::setClientName);
      given.choice("verifyPeer", SslVerifyMode.class).ifPresent(each::setVerifyPeer);
      credentials(given, "username", "password").ifPresent(each::setCredentialsProvider);
      for (RedisURI sentinel : each.getSentinels()) {
        sentinel.setTimeout(timeout);
        credentials(given, "sentinelUsername", "sentinelPassword")
            .ifPresent(sentinel::setCredentialsProvider);
      }
    }
    given.number("database").ifPresent(addresses.getFirst()::setDatabase);
    if (cluster && addresses.getFirst().getDatabase() != 0) {
      throw given.bad("a cluster has no database but 0: remove database");
    }
    return new RedisSettings(
        addresses,
        cluster,
        given.text(key).orElse("orderwire"),
        timeout,
        RedisTls.of(given, addresses.getFirst().isSsl()),
        name(address, addresses));
  }

  /**
   * @param user the property with the name, which a password may do without
   */
  private static Optional<RedisCredentialsProvider> credentials(
      RedisProperties given, String user, String password) {
    Optional<String> name = given.text(user);
    Optional<String> secret = given.text(password);
    if (name.isPresent() && secret.isEmpty()) {
      throw given.bad("%s needs %s".formatted(user, password));
    }
    return secret.map(characters -> {
      RedisCredentials both = RedisCredentials.just(name.orElse(null), characters);
      return RedisCredentialsProvider.from(() -> both);
    });
  }

  private static String name(URI address, List<RedisURI> addresses) {
    RedisURI first = addresses.getFirst();
    List<RedisURI> hosts = first.getSentinels().isEmpty() ? addresses : first.getSentinels();
    String all =
        hosts.stream()
            .map(each -> each.getHost() + ":" + each.getPort())
            .collect(Collectors.joining(","));
    String master = first.getSentinelMasterId();
    return address.getScheme() + "://" + all + (master == null ? "" : "#" + master);
  }

  /** How long an attempt to connect may take: it may try one address after the other. */
  Duration longestConnect() {
    int hosts = Math.max(addresses.size(), addresses.getFirst().getSentinels().size());
    return timeout.multipliedBy(1L + hosts);
  }

  /** The address without user and password. */
  @Override
  public String toString() {
    return name;
  }
}

package dev.orderwire.bus.redis;

import dev.orderwire.presence.PresenceProvider;
import dev.orderwire.presence.PresenceStore;
import java.net.URI;
import java.util.Map;

/** Opens stores of connections in Redis or Valkey: one server, with Sentinel, or a cluster. */
public final class RedisPresenceProvider implements PresenceProvider {
  @Override
  public PresenceStore open(URI address, Map<String, String> properties, String server) {
    RedisSettings settings = RedisSettings.ofCluster(address, properties);
    return new RedisPresenceStore(settings, Connector.of(settings), server);
  }
}

package dev.orderwire.bus.redis;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusProvider;
import java.net.URI;
import java.util.Map;

/** Opens buses on Redis or Valkey: one server, with Sentinel, or a cluster. */
public final class RedisBusProvider implements BusProvider {
  @Override
  public Bus open(URI address, Map<String, String> properties) {
    RedisSettings settings = RedisSettings.ofBus(address, properties);
    return new RedisBus(settings, Connector.of(settings));
  }
}

package dev.orderwire.presence;

import dev.orderwire.bus.Buses;
import dev.orderwire.change.OrderwireException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Opens the store that is configured, through the plugin for it. */
public final class PresenceStores {
  private static final Set<String> SCHEMES =
      Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel");

  private PresenceStores() {}

  /**
   * Opens a store without waiting for its engine.
   *
   * @param address the setting {@code cluster}
   * @param properties the settings {@code cluster.properties}
   * @param server the id of this server
   * @param plugins as in {@link Buses#folder()}
   * @throws OrderwireException {@code bad_settings} if the plugin is missing, or refuses the
   *     settings; the message has no password
   */
  public static PresenceStore open(
      URI address, Map<String, String> properties, String server, Path plugins) {
    return Buses.provider(PresenceProvider.class, "cluster", SCHEMES, address, plugins)
        .open(address, properties, server);
  }
}

package dev.orderwire.presence;

import java.net.URI;
import java.util.Map;

/** Opens the stores of one kind. A plugin names its provider in {@code META-INF/services}. */
public interface PresenceProvider {
  /**
   * Opens a store without waiting for the engine: it may be away, and come back.
   *
   * @param address the setting {@code cluster}
   * @param properties the settings {@code cluster.properties}
   * @param server the id of this server, as {@link ConnectionId#newServer} makes it
   * @throws dev.orderwire.change.OrderwireException {@code bad_settings} if the address or a
   *     property is invalid
   */
  PresenceStore open(URI address, Map<String, String> properties, String server);
}

package dev.orderwire.bus;

import java.net.URI;
import java.util.Map;

/** Opens the buses of one kind. A plugin names its provider in {@code META-INF/services}. */
public interface BusProvider {
  /**
   * Opens a bus without waiting for the engine: it may be away, and come back.
   *
   * @param address the setting {@code bus}
   * @param properties the settings {@code bus.properties}, for the engine's client library
   * @throws dev.orderwire.change.OrderwireException {@code bad_settings} if the address or a
   *     property is invalid
   */
  Bus open(URI address, Map<String, String> properties);
}

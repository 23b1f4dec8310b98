package dev.orderwire.bus.redis;

import dev.orderwire.bus.Bus;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** How a test opens a bus. */
final class TestBus {
  private TestBus() {}

  static Bus bus(URI address) {
    return bus(address, Map.of());
  }

  /** A bus that waits for a machine with too much to do. */
  static Bus bus(URI address, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent("timeout", "30s");
    return new RedisBusProvider().open(address, all);
  }

  /** A bus that soon notices that Redis hangs. */
  static Bus impatient(URI address) {
    return bus(address, Map.of("timeout", "500ms"));
  }
}

package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.Buses;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.PresenceStore;
import dev.orderwire.presence.PresenceStores;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process without the plugin on its class path, as a server is. It opens a bus and a store of
 * connections twice, and prints what is in them.
 */
final class PluginMain {
  private PluginMain() {}

  /**
   * Opens both twice.
   *
   * @param arguments the address, and the folder of the plugins
   */
  public static void main(String[] arguments) throws InterruptedException {
    for (int term = 1; term <= 2; term++) {
      try (Bus bus = Buses.open(URI.create(arguments[0]), Map.of(), Path.of(arguments[1]));
          Bus.Follower follower = bus.follow()) {
        bus.publish(List.of(new BusRecord(term, 1, "body".getBytes(UTF_8))));
        System.out.println(follower.poll(60_000));
        System.out.println(bus.getClass().getClassLoader().getName());
        store(URI.create(arguments[0]), Path.of(arguments[1]), bus.getClass().getClassLoader());
      }
    }
  }

  private static void store(URI address, Path plugins, ClassLoader ofBus)
      throws InterruptedException {
    try (PresenceStore store =
        PresenceStores.open(address, Map.of(), ConnectionId.newServer(), plugins)) {
      store.join();
      store.renew("about");
      System.out.printf(
          "%s, %s%n",
          store.servers().values(),
          ofBus.equals(store.getClass().getClassLoader())
              ? "by the same loader"
              : "by another loader");
      store.leave();
    }
  }
}

package dev.orderwire.bus.redis;

import dev.orderwire.bus.redis.Servers.Server;
import java.net.URI;
import java.util.Map;

/** A server in a process of its own, until it is killed. */
final class PresenceMain {
  private PresenceMain() {}

  /**
   * Runs a server.
   *
   * @param arguments the address of the Redis
   */
  public static void main(String... arguments) throws InterruptedException {
    Server server = new Servers(URI.create(arguments[0]), Map.of()).start("a process");
    System.out.println(server.gateway().address.getPort());
    Thread.sleep(Long.MAX_VALUE);
  }
}

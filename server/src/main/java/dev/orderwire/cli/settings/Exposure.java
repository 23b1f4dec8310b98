package dev.orderwire.cli.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * Keeps users from exposing a database by accident: without authentication, the server listens only
 * on loopback, and not for a proxy, unless {@code auth.mode} is set explicitly.
 */
final class Exposure {
  private Exposure() {}

  static void check(Settings settings, Set<List<String>> configured, Problems problems) {
    String host = settings.server().host();
    boolean decided =
        configured.contains(List.of("auth", "mode")) || Authentication.isOn(configured);
    if (!decided && !settings.proxies().trusted().isEmpty()) {
      problems.add(
          "proxies.trusted lets everybody who can reach a proxy read every watched table, as there"
              + " is no authentication. Remove it, or set auth.jwt or auth.keys, or set"
              + " auth.mode=none as well (ORDERWIRE_AUTH_MODE=none) to allow that");
    }
    try {
      if (!decided && !InetAddress.getByName(host).isLoopbackAddress()) {
        problems.add(
            ("server.host %s lets everybody who can reach it read every watched table, as there is"
                    + " no authentication. Leave it at 127.0.0.1, or set auth.jwt or auth.keys,"
                    + " or set auth.mode=none as well (ORDERWIRE_AUTH_MODE=none) to allow that")
                .formatted(host));
      }
    } catch (UnknownHostException e) {
      problems.add("server.host must be an address of this machine, not '%s'".formatted(host));
    }
  }
}

package dev.orderwire.cli.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * Keeps users from exposing a database by accident: without authentication, the server listens only
 * on loopback unless both {@code server.host} and {@code auth.mode} are set explicitly.
 */
final class Exposure {
  private Exposure() {}

  static void check(Settings settings, Set<List<String>> configured, Problems problems) {
    String host = settings.server().host();
    try {
      if (!InetAddress.getByName(host).isLoopbackAddress()
          && !configured.contains(List.of("auth", "mode"))
          && !Authentication.isOn(configured)) {
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

package dev.orderwire.cli.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * Nobody opens a database to the network by accident: without authentication the server listens on
 * loopback, unless {@code auth.mode} and {@code server.host} were both written out.
 */
final class Exposure {
  private Exposure() {}

  static void check(Settings settings, Set<List<String>> given, Problems problems) {
    String mode = settings.auth().mode();
    if (!mode.equals("none")) {
      problems.add(
          "auth.mode must be none, the only mode of this version, not '%s'".formatted(mode));
    }
    String host = settings.server().host();
    try {
      if (!InetAddress.getByName(host).isLoopbackAddress()
          && !given.contains(List.of("auth", "mode"))) {
        problems.add(
            ("server.host %s would let everybody who reaches it read every watched table, as there"
                    + " is no authentication. Leave it at 127.0.0.1, or, if that is what you want,"
                    + " set auth.mode=none as well (ORDERWIRE_AUTH_MODE=none)")
                .formatted(host));
      }
    } catch (UnknownHostException e) {
      problems.add("server.host must be an address of this machine; '%s' is none".formatted(host));
    }
  }
}

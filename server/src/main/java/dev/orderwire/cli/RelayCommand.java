package dev.orderwire.cli;

import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** {@code relay}: reads the change log for all gateways. */
@Command(
    description = {
      "Run a relay: it reads the change log, and feeds the bus.",
      "Of several, one leads; the others wait to take over. Needs the setting bus."
    })
final class RelayCommand extends ServerCommand {
  RelayCommand(Host host) {
    super(Role.RELAY, host);
  }

  @Override
  void announce(Settings.Server server, int port, PrintStream out) {
    out.println("health " + ServerAddress.health(server, port));
  }
}

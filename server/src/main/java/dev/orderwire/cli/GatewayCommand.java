package dev.orderwire.cli;

import dev.orderwire.cli.server.Role;
import picocli.CommandLine.Command;

/** {@code gateway}: a server that gets changes over the bus. */
@Command(
    description = {
      "Run a gateway: it serves clients, and gets changes over the bus.",
      "Needs the setting bus, and relays, or servers that may lead."
    })
final class GatewayCommand extends ServerCommand {
  GatewayCommand(Host host) {
    super(Role.GATEWAY, host);
  }
}

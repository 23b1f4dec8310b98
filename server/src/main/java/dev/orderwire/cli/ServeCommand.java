package dev.orderwire.cli;

import dev.orderwire.cli.server.Role;
import picocli.CommandLine.Command;

/** {@code serve}: the server, on the configured MySQL. */
@Command(description = "Run the server on the configured MySQL, until Ctrl-C or SIGTERM.")
final class ServeCommand extends ServerCommand {
  ServeCommand(Host host) {
    super(Role.SERVE, host);
  }
}

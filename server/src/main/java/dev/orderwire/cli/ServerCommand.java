package dev.orderwire.cli;

import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.server.Wiring;
import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that runs a server on the configured MySQL. */
abstract class ServerCommand implements Callable<Integer> {
  /** The process that runs the command. */
  record Host(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      BackgroundLoading loading) {}

  private final Role role;
  private final Host host;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  ServerCommand(Role role, Host host) {
    this.role = role;
    this.host = host;
  }

  @Override
  public final Integer call() {
    Settings settings = settingsOption.load(host.environment(), Map.of());
    try (Shutdown.Graceful graceful =
        host.shutdown().graceful(settings.server().drain().limitSeconds())) {
      host.loading().await();
      Wiring.serve(
          settings,
          role,
          settings.mysql().options(),
          note -> host.err().println("orderwire: " + note),
          address -> {
            announce(settings.server(), address.getPort(), host.out());
            host.out().println("ready");
            host.out().flush();
            graceful.await();
          });
    } catch (InterruptedException e) {
      // A shutdown: by now, all host are closed.
    }
    return 0;
  }

  /** Prints where the server is. */
  void announce(Settings.Server server, int port, PrintStream out) {
    out.println("websocket " + ServerAddress.websocket(server, port));
    out.println("dashboard " + ServerAddress.dashboard(server, port));
  }
}

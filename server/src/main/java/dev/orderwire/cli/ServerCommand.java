package dev.orderwire.cli;

import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that runs a server on the configured MySQL. */
abstract class ServerCommand implements Callable<Integer> {
  /** What a command of this kind needs of the process. */
  record Process(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      BackgroundLoading loading) {}

  private final Role role;
  private final Process process;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  ServerCommand(Role role, Process process) {
    this.role = role;
    this.process = process;
  }

  @Override
  public final Integer call() {
    Settings settings = settingsOption.load(process.environment(), Map.of());
    try (Shutdown.Graceful graceful =
        process.shutdown().graceful(settings.server().drain().limitSeconds())) {
      process.loading().await();
      Wiring.serve(
          settings,
          role,
          settings.mysql().options(),
          note -> process.err().println("orderwire: " + note),
          address -> {
            announce(settings.server(), address.getPort(), process.out());
            process.out().println("ready");
            process.out().flush();
            graceful.await();
          });
    } catch (InterruptedException e) {
      // A shutdown: by now, all parts are closed.
    }
    return 0;
  }

  /** Prints where the server is. */
  void announce(Settings.Server server, int port, PrintStream out) {
    out.println("websocket " + ServerAddress.websocket(server, port));
    out.println("dashboard " + ServerAddress.dashboard(server, port));
  }
}

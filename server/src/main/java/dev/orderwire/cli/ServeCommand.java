package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serve}: the server, on the configured MySQL. */
@Command(description = "Run the server on the configured MySQL; Ctrl-C or SIGTERM ends it.")
final class ServeCommand implements Callable<Integer> {
  private final Environment environment;
  private final Shutdown shutdown;
  private final PrintStream out;
  private final PrintStream err;
  private final BackgroundLoading loading;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  ServeCommand(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      BackgroundLoading loading) {
    this.environment = environment;
    this.shutdown = shutdown;
    this.out = out;
    this.err = err;
    this.loading = loading;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(environment, Map.of());
    try (Shutdown.Graceful graceful = shutdown.graceful()) {
      loading.await();
      Wiring.serve(
          settings,
          settings.mysql().options(),
          note -> err.println("orderwire: " + note),
          address -> {
            out.println(
                "websocket " + ServerAddress.websocket(settings.server(), address.getPort()));
            out.println(
                "dashboard " + ServerAddress.dashboard(settings.server(), address.getPort()));
            out.println("ready");
            out.flush();
            graceful.await();
          });
    } catch (InterruptedException e) {
      // A shutdown: by now, all parts are closed.
    }
    return 0;
  }
}

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
  private final Surroundings around;
  private final Ending ending;
  private final PrintStream out;
  private final PrintStream err;
  private final Meanwhile loading;

  @Mixin private SettingsOption settings = new SettingsOption();

  /**
   * @param loading awaited before anything of it is used
   */
  ServeCommand(
      Surroundings around, Ending ending, PrintStream out, PrintStream err, Meanwhile loading) {
    this.around = around;
    this.ending = ending;
    this.out = out;
    this.err = err;
    this.loading = loading;
  }

  @Override
  public Integer call() {
    Settings set = settings.load(around, Map.of());
    String host = set.server().host();
    try (Ending.InOrder end = ending.inOrder()) {
      loading.await();
      Wiring.serve(
          set,
          set.mysql().options(),
          note -> err.println("orderwire: " + note),
          address -> {
            out.println("websocket " + ServerAddress.websocket(host, address.getPort()));
            out.println("dashboard " + ServerAddress.dashboard(host, address.getPort()));
            out.println("ready");
            out.flush();
            end.await();
          });
    } catch (InterruptedException e) {
      // Asked to end: by now everything has.
    }
    return 0;
  }
}

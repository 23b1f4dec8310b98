package dev.orderwire.cli;

import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.mysql.Mysql;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code uninstall}: removes everything that {@code install} creates. */
@Command(
    description = {
      "Remove the triggers, and the change log with all its changes.",
      "They are removed from the configured MySQL, with Orderwire's other tables."
    })
final class UninstallCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  @Option(names = "--print", description = "Print the SQL instead of running it.")
  private boolean print;

  UninstallCommand(Environment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() {
    try (Mysql mysql = new Mysql(settingsOption.load(environment, Map.of()).mysql().options())) {
      if (print) {
        out.print(new TriggerCapture().uninstallScript(mysql));
      } else {
        List<String> removed = new TriggerCapture().uninstall(mysql);
        removed.forEach(each -> out.println("removed: " + each));
        if (removed.isEmpty()) {
          out.println("nothing to remove");
        }
      }
      out.flush();
    }
    return 0;
  }
}

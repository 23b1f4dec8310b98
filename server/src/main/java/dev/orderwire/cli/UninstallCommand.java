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

/** {@code uninstall}: takes away all that install made. */
@Command(
    description =
        "Remove all triggers of Orderwire and the change log, with all it holds, from the configured"
            + " MySQL.")
final class UninstallCommand implements Callable<Integer> {
  private final Surroundings around;
  private final PrintStream out;

  @Mixin private SettingsOption settings = new SettingsOption();

  @Option(names = "--print", description = "Write the SQL, for you to run, and do nothing else.")
  private boolean print;

  UninstallCommand(Surroundings around, PrintStream out) {
    this.around = around;
    this.out = out;
  }

  @Override
  public Integer call() {
    try (Mysql mysql = new Mysql(settings.load(around, Map.of()).mysql().options())) {
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

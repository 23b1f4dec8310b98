package dev.orderwire.cli;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallReport;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.mysql.Mysql;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code install}: creates the change log and the triggers of the watched tables. */
@Command(description = "Create the change log and the triggers in the configured MySQL.")
final class InstallCommand implements Callable<Integer> {
  private static final Capture CAPTURE = new TriggerCapture();

  private final Environment environment;
  private final PrintStream out;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  @Option(names = "--print", description = "Print the SQL instead of running it.")
  private boolean print;

  @Option(
      names = "--despite-cascades",
      description = "Accept tables whose rows foreign keys can change, which triggers do not see.")
  private boolean despiteCascades;

  InstallCommand(Environment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() {
    Map<String, String> flags = new HashMap<>();
    if (despiteCascades) {
      flags.put("install.despite-cascades", "true");
    }
    Settings settings = settingsOption.load(environment, flags);
    List<String> tables = settings.watchedTables();
    boolean cascades = settings.install().despiteCascades();
    boolean canaryWanted = settings.canary().seconds() > 0;
    try (Mysql mysql = new Mysql(settings.mysql().options());
        InstallSession session = InstallSession.open(mysql)) {
      if (print) {
        out.print(
            CAPTURE.installScript(session, tables, new InstallOptions(cascades, canaryWanted)));
      } else {
        Optional<String> obstacle =
            canaryWanted ? CAPTURE.canaryObstacle(session, true) : Optional.empty();
        boolean canary = canaryWanted && obstacle.isEmpty();
        report(CAPTURE.install(session, tables, new InstallOptions(cascades, canary)));
        obstacle.ifPresent(why -> out.println("no canary: " + why));
      }
      out.flush();
    }
    return 0;
  }

  private void report(InstallReport report) {
    report.current().forEach(current -> out.println("up to date: " + current));
    report.made().forEach(made -> out.println("created: " + made));
  }
}

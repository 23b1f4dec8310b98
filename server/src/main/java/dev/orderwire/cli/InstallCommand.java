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

/** {@code install}: the change log and the triggers of the watched tables. */
@Command(description = "Create the change log and the triggers in the configured MySQL.")
final class InstallCommand implements Callable<Integer> {
  private static final Capture CAPTURE = new TriggerCapture();

  private final Surroundings around;
  private final PrintStream out;

  @Mixin private SettingsOption settings = new SettingsOption();

  @Option(names = "--print", description = "Write the SQL, for you to run, and do nothing else.")
  private boolean print;

  @Option(
      names = "--despite-cascades",
      description = "Go on with tables whose rows foreign keys can change, unseen by triggers.")
  private boolean despiteCascades;

  InstallCommand(Surroundings around, PrintStream out) {
    this.around = around;
    this.out = out;
  }

  @Override
  public Integer call() {
    Map<String, String> flags = new HashMap<>();
    if (despiteCascades) {
      flags.put("install.despite-cascades", "true");
    }
    Settings set = settings.load(around, flags);
    List<String> tables = List.copyOf(set.tables().keySet());
    boolean cascades = set.install().despiteCascades();
    boolean wanted = set.canary().seconds() > 0;
    try (Mysql mysql = new Mysql(set.mysql().options());
        InstallSession session = InstallSession.open(mysql)) {
      if (print) {
        out.print(CAPTURE.installScript(session, tables, new InstallOptions(cascades, wanted)));
      } else {
        Optional<String> obstacle =
            wanted ? CAPTURE.canaryObstacle(session, true) : Optional.empty();
        boolean canary = wanted && obstacle.isEmpty();
        report(CAPTURE.install(session, tables, new InstallOptions(cascades, canary)));
        obstacle.ifPresent(why -> out.println("no canary: " + why));
      }
      out.flush();
    }
    return 0;
  }

  private void report(InstallReport report) {
    report.current().forEach(current -> out.println("as it should be: " + current));
    report.made().forEach(made -> out.println("made: " + made));
  }
}

package dev.orderwire.cli;

import dev.orderwire.changelog.InstallOptions;
import dev.orderwire.changelog.InstallReport;
import dev.orderwire.changelog.InstallSession;
import dev.orderwire.changelog.Installer;
import dev.orderwire.changelog.Mysql;
import dev.orderwire.cli.settings.Settings;
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
    try (Mysql mysql = new Mysql(set.mysql().options());
        InstallSession session = InstallSession.open(mysql)) {
      boolean wanted = set.canary().seconds() > 0;
      if (print) {
        out.print(installation(set, session, wanted).sql());
      } else {
        Optional<String> obstacle =
            wanted ? Installer.obstacleToCanary(session, true) : Optional.empty();
        report(installation(set, session, wanted && obstacle.isEmpty()).install());
        obstacle.ifPresent(why -> out.println("no canary: " + why));
      }
      out.flush();
    }
    return 0;
  }

  private static Installation installation(Settings set, InstallSession session, boolean canary) {
    return new Installation(
        session,
        List.copyOf(set.tables().keySet()),
        new InstallOptions(set.install().despiteCascades(), canary));
  }

  private void report(InstallReport report) {
    report.current().forEach(current -> out.println("as it should be: " + current));
    report.made().forEach(made -> out.println("made: " + made));
  }
}

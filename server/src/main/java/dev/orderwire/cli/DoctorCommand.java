package dev.orderwire.cli;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.cli.server.AdmissionSettings;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding;
import dev.orderwire.doctor.Finding.Severity;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code doctor}: reports what keeps the server from working, and what to do about it. */
@Command(
    description = "Check the configured MySQL, and advise; changes nothing.",
    footer = "%nExit codes: 0 no problem; 1 a problem, or a failure; 2 wrong usage.")
final class DoctorCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  DoctorCommand(Environment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(environment, Map.of());
    List<Finding> findings;
    try (Mysql mysql = new Mysql(settings.mysql().options())) {
      findings =
          Doctor.examine(
              mysql,
              settings.watchedTables(),
              settings.canary().seconds() > 0,
              settings.tail().doorbell());
      findings = new ArrayList<>(findings);
      findings.addAll(Doctor.examineReplicas(settings.mysql().replicas(mysql.options()), mysql));
      policies(settings, mysql).ifPresent(findings::add);
    }
    findings.forEach(this::print);
    out.flush();
    boolean hasProblem = findings.stream().anyMatch(each -> each.severity() == Severity.PROBLEM);
    return hasProblem ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  /** The watched tables without that of revoked tokens, if it has still to be made. */
  private static List<String> installed(Settings settings, Mysql mysql) {
    boolean made = RevokedTable.isThere(mysql);
    return settings.watchedTables().stream()
        .filter(table -> made || !table.equals(RevokedTable.NAME))
        .toList();
  }

  /** Whether the policies fit their tables; empty where there are none, or no such tables. */
  private static Optional<Finding> policies(Settings settings, Mysql mysql) {
    if (settings.policies().isEmpty()) {
      return Optional.empty();
    }
    List<String> misfits;
    try {
      List<Table> tables =
          TableVersions.read(mysql, installed(settings, mysql)).stream()
              .map(TableVersion::table)
              .toList();
      misfits = AdmissionSettings.misfits(settings, mysql, tables);
    } catch (OrderwireException e) {
      // Found already.
      return Optional.empty();
    }
    return Optional.of(
        misfits.isEmpty()
            ? Finding.ok("policies", "fit their tables, and pass their tests")
            : Finding.problem(
                "policies",
                String.join("\n", misfits),
                "Change the policies, or the table. Until then, clients of these roles are refused."));
  }

  private void print(Finding finding) {
    String word =
        switch (finding.severity()) {
          case OK -> "ok";
          case WARNING -> "warning";
          case PROBLEM -> "PROBLEM";
        };
    out.printf("%-7s  %s: %s%n", word, finding.subject(), indented(finding.found()));
    if (!finding.advice().isEmpty()) {
      out.printf("         %s%n", indented(finding.advice()));
    }
  }

  /** Aligns further lines with the first. */
  private static String indented(String text) {
    return text.replace("\n", "\n         ");
  }
}

package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding.Severity;
import dev.orderwire.doctor.Finding;
import dev.orderwire.mysql.Mysql;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code doctor}: what stands in the way, and what to do about it. */
@Command(
    description = "Check the configured MySQL and say what to do; changes nothing.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing is wrong", "1:something is", "2:wrong usage"})
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings around;
  private final PrintStream out;

  @Mixin private SettingsOption settings = new SettingsOption();

  DoctorCommand(Surroundings around, PrintStream out) {
    this.around = around;
    this.out = out;
  }

  @Override
  public Integer call() {
    Settings set = settings.load(around, Map.of());
    List<Finding> findings;
    try (Mysql mysql = new Mysql(set.mysql().options())) {
      findings =
          Doctor.examine(
              mysql,
              List.copyOf(set.tables().keySet()),
              set.canary().seconds() > 0,
              set.tail().doorbell());
    }
    findings.forEach(this::print);
    out.flush();
    boolean wrong = findings.stream().anyMatch(each -> each.severity() == Severity.PROBLEM);
    return wrong ? ExitCode.SOFTWARE : ExitCode.OK;
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

  /** Further lines stand below the first. */
  private static String indented(String text) {
    return text.replace("\n", "\n         ");
  }
}

package dev.orderwire.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The help of a program, as a terminal of 80 columns and 24 lines shows it. */
public final class HelpScreens {
  private static final int COLUMNS = 80;
  private static final int LINES = 24;

  private HelpScreens() {}

  /** Asserts that the help of a command, and of all commands below it, fits one screen each. */
  public static void assertEachFits(CommandLine command) {
    command.setUsageHelpAutoWidth(false).setUsageHelpWidth(COLUMNS);
    String help = command.getUsageMessage(Ansi.OFF);
    assertThat(help.lines().toList())
        .as("%s --help:%n%s", command.getCommandSpec().qualifiedName(), help)
        .hasSizeBetween(3, LINES)
        .allMatch(line -> line.length() <= COLUMNS);
    List.copyOf(command.getSubcommands().values()).forEach(HelpScreens::assertEachFits);
  }
}

package dev.orderwire.cli;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The top-level command. Without a subcommand, it prints the list of commands. */
@Command(
    name = "orderwire",
    description = "Every committed change of a MySQL table, on every connected screen.",
    mixinStandardHelpOptions = true,
    versionProvider = Orderwire.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    footer = "%nExit codes: 0 done; 1 failed, with the cause on stderr; 2 wrong usage.")
final class Orderwire implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  static boolean isVerbose(CommandLine anyCommand) {
    CommandLine top = anyCommand;
    while (top.getParent() != null) {
      top = top.getParent();
    }
    return ((Orderwire) top.getCommand()).verbose;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** The version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Orderwire.class.getPackage().getImplementationVersion();
      return new String[] {"orderwire " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}

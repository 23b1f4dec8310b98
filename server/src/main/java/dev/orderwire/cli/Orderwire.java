package dev.orderwire.cli;

import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** The command above all commands; alone it says which there are. */
@Command(
    name = "orderwire",
    description = "Every committed change of a MySQL table, on every connected screen.",
    mixinStandardHelpOptions = true,
    versionProvider = Orderwire.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, with the cause on stderr", "2:wrong usage"})
final class Orderwire implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where an error comes from.")
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
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /** The version that stands in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Orderwire.class.getPackage().getImplementationVersion();
      return new String[] {"orderwire " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}

package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The two commands that the launcher runs itself, since they need the source tree and not the
 * server. They are declared here so that the help lists all commands.
 */
final class LauncherCommands {
  private LauncherCommands() {}

  @Command(description = "Run a benchmark (in a source tree).")
  static final class Bench implements Callable<Integer> {
    @Parameters(paramLabel = "SCENARIO", description = "The benchmark and its options.")
    private List<String> scenario = new ArrayList<>();

    @Override
    public Integer call() {
      throw needsLauncher("bench " + String.join(" ", scenario));
    }
  }

  @Command(
      description = {
        "Run every test, as CI does (in a source tree).",
        "With --torture 30m, run the judge instead: see docs/judge.md."
      })
  static final class Test implements Callable<Integer> {
    @Parameters(paramLabel = "OPTION", description = "Options for Maven.")
    private List<String> options = new ArrayList<>();

    @Override
    public Integer call() {
      throw needsLauncher("test " + String.join(" ", options));
    }
  }

  private static OrderwireException needsLauncher(String command) {
    return new OrderwireException(
        ErrorCode.NO_SOURCE_TREE,
        "only the launcher in a source tree can run ./orderwire " + command.strip());
  }
}

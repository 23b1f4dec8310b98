package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The two commands that the launcher runs itself, as they belong to the source tree and not to the
 * server. They stand here so that the list of commands is whole.
 */
final class BuildCommands {
  private BuildCommands() {}

  @Command(description = "Run a benchmark (in a source tree).")
  static final class Bench implements Callable<Integer> {
    @Parameters(paramLabel = "SCENARIO", description = "Which, and what it takes.")
    private List<String> scenario = new ArrayList<>();

    @Override
    public Integer call() {
      throw notHere("bench " + String.join(" ", scenario));
    }
  }

  @Command(
      description =
          "Run every test, as CI does, or the judge with --torture 30m (in a source tree).")
  static final class Test implements Callable<Integer> {
    @Parameters(paramLabel = "OPTION", description = "Options of Maven.")
    private List<String> options = new ArrayList<>();

    @Override
    public Integer call() {
      throw notHere("test " + String.join(" ", options));
    }
  }

  private static OrderwireException notHere(String command) {
    return new OrderwireException(
        ErrorCode.NO_SOURCE_TREE,
        "this is run by the launcher of a source tree: ./orderwire " + command.strip());
  }
}

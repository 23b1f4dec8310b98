package dev.orderwire.cli;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysqlException;
import java.io.PrintWriter;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** What a command threw, as one message and exit code 1. */
final class Failures implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult arguments) {
    if (Thread.interrupted()) {
      // Asked to end while it was still starting: nothing failed.
      return ExitCode.OK;
    }
    PrintWriter err = command.getErr();
    boolean verbose = Orderwire.isVerbose(command);
    err.println("orderwire: " + message(e, verbose));
    if (verbose) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static String message(Exception e, boolean verbose) {
    // Those two are thrown on purpose, with a message that is made to be shown.
    if (e instanceof OrderwireException || e instanceof EmbeddedMysqlException) {
      return String.valueOf(e.getMessage());
    }
    return e + (verbose ? "" : " (unexpected: --verbose shows where it comes from)");
  }
}

package dev.orderwire.cli;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysqlException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Reports an exception of a command as one message, with exit code 1. */
final class ExecutionErrors implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult arguments) {
    if (Thread.interrupted()) {
      // Shut down during the start: not a failure.
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
    // The messages of these two are written for users.
    if (e instanceof OrderwireException || e instanceof EmbeddedMysqlException) {
      return String.valueOf(e.getMessage());
    }
    return e + (verbose ? "" : " (unexpected; --verbose shows the stack trace)");
  }
}

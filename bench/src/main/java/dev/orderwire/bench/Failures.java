package dev.orderwire.bench;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysqlException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** What a run threw, as one line and exit code 1. */
final class Failures implements IExecutionExceptionHandler {
  private final BooleanSupplier verbose;

  /**
   * @param verbose whether to show where a failure comes from too
   */
  Failures(BooleanSupplier verbose) {
    this.verbose = verbose;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    err.println("orderwire: " + line(e));
    if (verbose.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private String line(Throwable failure) {
    return switch (failure) {
      case FailedRun run -> line(run.reason()).replaceAll("\\.$", "") + "; " + run.whereLogsAre();
      // Of a thread that is none of our business here.
      case ExecutionException wrapped when wrapped.getCause() != null -> line(wrapped.getCause());
      case CompletionException wrapped when wrapped.getCause() != null -> line(wrapped.getCause());
      default -> message(failure).strip().replaceAll("\\s*\\R\\s*", " ");
    };
  }

  private String message(Throwable failure) {
    // Those are thrown on purpose, with a message that is made to be shown.
    boolean meant =
        failure instanceof OrderwireException
            || failure instanceof EmbeddedMysqlException
            || failure instanceof IllegalStateException;
    if (meant && failure.getMessage() != null) {
      return failure.getMessage();
    }
    return failure
        + (verbose.getAsBoolean() ? "" : " (unexpected: --verbose shows where it comes from)");
  }
}

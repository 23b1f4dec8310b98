package dev.orderwire.bench.rig;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysqlException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Reports an exception as one line on stderr and exit code 1. */
public final class FailureHandler implements IExecutionExceptionHandler {
  private final BooleanSupplier verbose;

  /**
   * @param verbose whether to print the stack trace too
   */
  public FailureHandler(BooleanSupplier verbose) {
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
      case FailedRunException run ->
          line(run.reason()).replaceAll("\\.$", "") + "; " + run.logLocation();
      // The wrappers add nothing but the name of another thread's exception.
      case ExecutionException wrapped when wrapped.getCause() != null -> line(wrapped.getCause());
      case CompletionException wrapped when wrapped.getCause() != null -> line(wrapped.getCause());
      default -> message(failure).strip().replaceAll("\\s*\\R\\s*", " ");
    };
  }

  private String message(Throwable failure) {
    // These are thrown with a message for the user.
    boolean expected =
        failure instanceof OrderwireException
            || failure instanceof EmbeddedMysqlException
            || failure instanceof IllegalStateException;
    if (expected && failure.getMessage() != null) {
      return failure.getMessage();
    }
    return failure
        + (verbose.getAsBoolean() ? "" : " (unexpected: --verbose prints the stack trace)");
  }
}

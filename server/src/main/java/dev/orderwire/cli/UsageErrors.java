package dev.orderwire.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports wrong usage with a pointer to the help, and exit code 2. */
final class UsageErrors implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("orderwire: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    if (command.getParent() == null && !(e instanceof UnmatchedArgumentException)) {
      command.usage(err);
    } else {
      err.printf("Usage: %s --help%n", command.getCommandSpec().qualifiedName());
    }
    err.flush();
    return ExitCode.USAGE;
  }
}

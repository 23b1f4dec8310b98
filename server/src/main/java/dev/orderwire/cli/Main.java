package dev.orderwire.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** {@code ./orderwire COMMAND}: the commands, and the way from an outcome to an exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Ending ending = new Ending(Thread.currentThread());
    int code =
        commands(ending, utf8(FileDescriptor.out), utf8(FileDescriptor.err)).execute(arguments);
    ending.exit(code);
  }

  static CommandLine commands(Ending ending, PrintStream out, PrintStream err) {
    Home home = Home.ofProcess();
    return new CommandLine(new Orderwire())
        .addSubcommand(new TailCommand(home, ending, out, err))
        .addSubcommand(new SqlCommand(home, out, err))
        .addSubcommand(new BuildCommands.Bench())
        .addSubcommand(new BuildCommands.Test())
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(new Failures())
        .setParameterExceptionHandler(new Misuse());
  }

  /** Rows are UTF-8 whatever the terminal's locale is. */
  private static PrintStream utf8(FileDescriptor file) {
    return new PrintStream(new FileOutputStream(file), false, StandardCharsets.UTF_8);
  }
}

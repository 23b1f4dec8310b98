package dev.orderwire.cli;

import java.io.BufferedOutputStream;
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
    CommandLine commands =
        commands(
            Surroundings.ofProcess(),
            ending,
            utf8(FileDescriptor.out, false),
            utf8(FileDescriptor.err, true));
    ending.exit(commands.execute(arguments));
  }

  static CommandLine commands(
      Surroundings around, Ending ending, PrintStream out, PrintStream err) {
    return new CommandLine(new Orderwire())
        .addSubcommand(new DemoCommand(around, ending, out, err))
        .addSubcommand(new ServeCommand(around, ending, out, err))
        .addSubcommand(new InstallCommand(around, out))
        .addSubcommand(new UninstallCommand(around, out))
        .addSubcommand(new DoctorCommand(around, out))
        .addSubcommand(new TailCommand(around, ending, out, err))
        .addSubcommand(new SqlCommand(around, out, err))
        .addSubcommand(new BuildCommands.Bench())
        .addSubcommand(new BuildCommands.Test())
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(new Failures())
        .setParameterExceptionHandler(new Misuse());
  }

  /** Rows are UTF-8 whatever the terminal's locale is. */
  private static PrintStream utf8(FileDescriptor file, boolean lineByLine) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(file)), lineByLine, StandardCharsets.UTF_8);
  }
}

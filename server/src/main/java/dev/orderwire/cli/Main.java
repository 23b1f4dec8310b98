package dev.orderwire.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/** {@code ./orderwire COMMAND}: the commands, and the way from an outcome to an exit code. */
public final class Main {
  /** The commands that run a server. */
  private static final Set<String> SERVERS = Set.of("demo", "serve");

  private Main() {}

  public static void main(String[] arguments) {
    Ending ending = new Ending(Thread.currentThread());
    PrintStream out = utf8(FileDescriptor.out, false);
    PrintStream err = utf8(FileDescriptor.err, true);
    ending.exit(execute(Surroundings.ofProcess(), ending, out, err, arguments));
  }

  /** Runs the command that the arguments begin with; the exit code. */
  static int execute(
      Surroundings around, Ending ending, PrintStream out, PrintStream err, String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    // Beside the reading of the arguments and the settings, which takes as long.
    Meanwhile loading = SERVERS.contains(first) ? Wiring.load() : Meanwhile.nothing();
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("demo", () -> new DemoCommand(around, ending, out, err, loading));
    all.put("serve", () -> new ServeCommand(around, ending, out, err, loading));
    all.put("install", () -> new InstallCommand(around, out));
    all.put("uninstall", () -> new UninstallCommand(around, out));
    all.put("doctor", () -> new DoctorCommand(around, out));
    all.put("tail", () -> new TailCommand(around, ending, out, err));
    all.put("sql", () -> new SqlCommand(around, out, err));
    all.put("bench", BuildCommands.Bench::new);
    all.put("test", BuildCommands.Test::new);
    // To look at all of them takes longer than most of them do; the others are for who asks.
    boolean one = all.containsKey(first);
    CommandLine commands = new CommandLine(new Orderwire());
    all.forEach((name, command) -> {
      if (!one || name.equals(first)) {
        commands.addSubcommand(name, command.get());
      }
    });
    // Afterwards, as it holds for those that are there.
    return commands
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(new Failures())
        .setParameterExceptionHandler(new Misuse())
        .execute(arguments);
  }

  /** Rows are UTF-8 whatever the terminal's locale is. */
  private static PrintStream utf8(FileDescriptor file, boolean lineByLine) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(file)), lineByLine, StandardCharsets.UTF_8);
  }
}

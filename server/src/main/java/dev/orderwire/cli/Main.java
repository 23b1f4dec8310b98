package dev.orderwire.cli;

import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.server.Wiring;
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

/** {@code ./orderwire COMMAND}: the list of commands. */
public final class Main {
  /** The commands that run a server. */
  private static final Set<String> SERVERS = Set.of("demo", "serve", "relay", "gateway");

  private Main() {}

  public static void main(String[] arguments) {
    Shutdown shutdown = new Shutdown(Thread.currentThread());
    PrintStream out = utf8(FileDescriptor.out, false);
    PrintStream err = utf8(FileDescriptor.err, true);
    shutdown.exit(execute(Environment.ofProcess(), shutdown, out, err, arguments));
  }

  /** Runs the command that the first argument names, and returns the exit code. */
  static int execute(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    // In parallel with reading the arguments and the settings, which takes as long.
    BackgroundLoading loading = SERVERS.contains(first) ? Wiring.load() : BackgroundLoading.none();
    // After adding the subcommands, since these calls configure only existing ones.
    return commands(environment, shutdown, out, err, loading, first)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(new ExecutionErrors())
        .setParameterExceptionHandler(new UsageErrors())
        .execute(arguments);
  }

  /** The command of this name, or all commands if there is none. */
  static CommandLine commands(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      BackgroundLoading loading,
      String first) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("demo", () -> new DemoCommand(environment, shutdown, out, err, loading));
    var host = new ServerCommand.Host(environment, shutdown, out, err, loading);
    all.put("serve", () -> new ServeCommand(host));
    all.put("relay", () -> new RelayCommand(host));
    all.put("gateway", () -> new GatewayCommand(host));
    all.put("install", () -> new InstallCommand(environment, out));
    all.put("uninstall", () -> new UninstallCommand(environment, out));
    all.put("doctor", () -> new DoctorCommand(environment, out));
    all.put("tail", () -> new TailCommand(environment, shutdown, out, err));
    all.put("sql", () -> new SqlCommand(environment, out, err));
    all.put("token", () -> new TokenCommand(environment, out));
    all.put("key", () -> new KeyCommand(out));
    all.put("explain", () -> new ExplainCommand(environment, out));
    all.put("connections", () -> new ConnectionsCommand(environment, out, err));
    all.put("kick", () -> new KickCommand(environment, out, err));
    all.put("bench", LauncherCommands.Bench::new);
    all.put("test", LauncherCommands.Test::new);
    // Creating all commands takes longer than most of them run, so only the named one is added.
    boolean known = all.containsKey(first);
    CommandLine commands = new CommandLine(new Orderwire());
    all.forEach((name, command) -> {
      if (!known || name.equals(first)) {
        commands.addSubcommand(name, command.get());
      }
    });
    return commands;
  }

  /** The output is UTF-8 whatever the locale is. */
  private static PrintStream utf8(FileDescriptor file, boolean lineByLine) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(file)), lineByLine, StandardCharsets.UTF_8);
  }
}

package dev.orderwire.cli;

import dev.orderwire.cli.process.Shutdown;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The outcome of a command that ran in this process. */
record CommandRun(int code, String out, String err) {
  /**
   * Runs a command.
   *
   * @param folder with its settings, and with the state of running demos
   */
  static CommandRun of(Path folder, Map<String, String> variables, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.execute(
            new Environment(folder, folder, variables),
            new Shutdown(Thread.currentThread()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new CommandRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

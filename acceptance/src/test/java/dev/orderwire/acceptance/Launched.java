package dev.orderwire.acceptance;

import dev.orderwire.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of {@code ./orderwire} as a process. Closing it ends the process by SIGTERM. */
final class Launched implements AutoCloseable {
  private static final int LONGEST_SECONDS = 120;

  private final Process process;
  private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> err = new LinkedBlockingQueue<>();
  private final List<Thread> readers;

  private Launched(Process process) {
    this.process = process;
    this.readers =
        List.of(
            reader(process.inputReader(StandardCharsets.UTF_8), out),
            reader(process.errorReader(StandardCharsets.UTF_8), err));
  }

  private static Thread reader(BufferedReader from, BlockingQueue<String> to) {
    return Thread.ofVirtual()
        .start(() -> {
          try (Stream<String> lines = from.lines()) {
            lines.forEach(to::add);
          } catch (UncheckedIOException e) {
            // A process that was killed leaves its pipes broken.
          }
        });
  }

  /**
   * Starts it.
   *
   * @param home the project's folder as far as the command is concerned, and the current one
   */
  static Launched start(Path home, String... arguments) {
    return start(launcher(), home, Map.of(), arguments);
  }

  static Launched start(
      Path launcher, Path home, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ORDERWIRE_") || name.startsWith("MYSQL_"));
    builder.environment().put("JAVA_OPTS", "-Dorderwire.home=" + home);
    builder.environment().putAll(environment);
    try {
      return new Launched(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The launcher, at the root of the repository. */
  static Path launcher() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("orderwire"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no ./orderwire here or above; run this in the repository");
      }
    }
    return folder.resolve("orderwire");
  }

  /** The next line on stdout. */
  String line() {
    try {
      String line = out.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing more on stdout; on stderr: " + List.copyOf(err));
      }
      return line;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for its end and returns the exit code. */
  int exitCode() {
    try {
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end; on stderr: " + List.copyOf(err));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All on stdout that was not taken line by line. To be called after its end. */
  String out() {
    return String.join("\n", out);
  }

  String err() {
    return String.join("\n", err);
  }

  /** The processes that it started. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** Sends SIGTERM, not by {@link Process#destroy}: that would close the pipes as well. */
  Launched terminate() {
    process.toHandle().destroy();
    return this;
  }

  /** Sends SIGKILL. */
  Launched kill() {
    process.toHandle().destroyForcibly();
    return this;
  }

  @Override
  public void close() {
    terminate();
    exitCode();
  }

  /** Runs a command to its end, and returns what it printed. */
  static String run(Path home, String... arguments) {
    Launched launched = start(home, arguments);
    int code = launched.exitCode();
    if (code != 0) {
      throw new AssertionError(
          "%s ended with %d: %s".formatted(List.of(arguments), code, launched.err()));
    }
    return launched.out();
  }

  static void awaitEnd(ProcessHandle process) {
    Await.until("process " + process.pid() + " ends", () -> !process.isAlive());
  }
}

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

/** One run of {@code ./orderwire} as a process. {@link #close} ends it by SIGTERM. */
final class OrderwireProcess implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 120;

  private final Process process;
  private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> err = new LinkedBlockingQueue<>();
  private final List<Thread> readers;

  private OrderwireProcess(Process process) {
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
            // The process was killed, which breaks its pipes.
          }
        });
  }

  /**
   * Starts a command.
   *
   * @param home the folder that the command takes for the project's, and its working folder
   */
  static OrderwireProcess start(Path home, String... arguments) {
    return start(launcher(), home, Map.of(), arguments);
  }

  static OrderwireProcess start(
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
    return start(builder);
  }

  static OrderwireProcess start(ProcessBuilder builder) {
    try {
      return new OrderwireProcess(builder.start());
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
        throw new IllegalStateException(
            "no ./orderwire in this folder or above: run this in the repository");
      }
    }
    return folder.resolve("orderwire");
  }

  /** Waits for the next line on stdout. */
  String nextLine() {
    try {
      String line = out.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("no further line on stdout; on stderr: " + List.copyOf(err));
      }
      return line;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the process's end and returns its exit code. */
  int exitCode() {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end; on stderr: " + List.copyOf(err));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lines on stdout that {@link #nextLine} has not taken. Call it after the process's end. */
  String out() {
    return String.join("\n", out);
  }

  /** The lines on stderr so far. */
  String err() {
    return String.join("\n", err);
  }

  /** The processes that this process started. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** Sends SIGTERM. {@link Process#destroy} would also close the pipes. */
  OrderwireProcess terminate() {
    process.toHandle().destroy();
    return this;
  }

  /** Sends SIGKILL to this process and all that it started. */
  void killAll() {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(OrderwireProcess::awaitEnd);
  }

  /** Sends SIGKILL. */
  OrderwireProcess kill() {
    process.toHandle().destroyForcibly();
    return this;
  }

  @Override
  public void close() {
    terminate();
    exitCode();
  }

  /** Runs a command that must succeed, and returns its stdout. */
  static String run(Path home, String... arguments) {
    OrderwireProcess launched = start(home, arguments);
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

package dev.orderwire.demo.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A child process that ends together with this one, even if this one is killed by SIGKILL. Its
 * standard error is appended to a file. Safe for any number of threads.
 */
public final class ChildProcess implements Part.Running {
  /**
   * The shell becomes the program, so the process id is the program's. A child of it waits for the
   * end of the pipe that the program's owner holds. It kills the program only as long as that is
   * its parent: later, the id may be another process's.
   */
  private static final String UNTIL_THE_OWNER_ENDS =
      """
      exec 3<&0
      {
        cat <&3
        read -r _ _ _ parent _ </proc/self/stat
        [ "$parent" != $$ ] || kill -9 $$
      } >/dev/null 2>&1 &
      exec "$@" 3<&- </dev/null
      """;

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);
  private static final int LOG_TAIL_BYTES = 2_000;

  /** A process that a signal ended has this and the signal's number as its exit code. */
  private static final int SIGNAL = 128;

  private final Process process;
  private final Path log;

  private ChildProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a program.
   *
   * @param environment all of its environment variables
   * @param log the file for its standard error
   */
  public static ChildProcess start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_THE_OWNER_ENDS, "sh"));
    all.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start(), log);
  }

  /**
   * Waits until the program prints a line, and returns all lines before it. Call it once: later
   * lines are thrown away. If it throws, the process has ended.
   *
   * @throws IOException if the program ends before; the message has the end of its log
   */
  public List<String> awaitLine(String awaited) throws IOException, InterruptedException {
    CompletableFuture<List<String>> before = new CompletableFuture<>();
    // Reading a pipe cannot be interrupted, and waiting for another thread can.
    Thread.ofVirtual().start(() -> read(awaited, before));
    boolean found = false;
    try {
      List<String> lines = before.get();
      found = true;
      return lines;
    } catch (ExecutionException e) {
      process.waitFor();
      throw new IOException("%s; the end of %s: %s".formatted(end(), log, logTail()), e);
    } finally {
      if (!found) {
        stop();
      }
    }
  }

  private void read(String awaited, CompletableFuture<List<String>> before) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals(awaited)) {
          before.complete(List.copyOf(lines));
        } else if (!before.isDone()) {
          lines.add(line);
        }
      }
      before.completeExceptionally(new IOException("the output ended"));
    } catch (IOException e) {
      before.completeExceptionally(e);
    }
  }

  private String logTail() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - LOG_TAIL_BYTES));
      byte[] tail = new byte[LOG_TAIL_BYTES];
      return new String(tail, 0, Math.max(0, file.read(tail)), UTF_8).strip();
    }
  }

  @Override
  public long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public String awaitEnd() throws InterruptedException {
    process.waitFor();
    return end();
  }

  private String end() {
    int code = process.exitValue();
    return code > SIGNAL ? "signal " + (code - SIGNAL) : "exit code " + code;
  }

  /** Sends SIGTERM, and SIGKILL if that takes too long. */
  @Override
  public void stop() {
    // Not destroy() of the process itself, which would close the pipes first.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    freePipe();
  }

  @Override
  public void kill() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
    freePipe();
  }

  private void freePipe() {
    try {
      // The program's child, which waits for it, ends now.
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }
}

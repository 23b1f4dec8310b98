package dev.orderwire.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of the program mysqld. Its output goes to the folder's error log, with the messages of
 * the dynamic linker.
 */
final class Mysqld {
  private static final int LOG_TAIL_BYTES = 4_000;

  private final Process process;
  private final Path log;
  private final long logStart;

  private Mysqld(Process process, Path log, long logStart) {
    this.process = process;
    this.log = log;
    this.logStart = logStart;
  }

  static Mysqld launch(Path binaries, DataFolder folder, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve("bin/mysqld").toString());
    // Must come first. A my.cnf of this machine is for another server.
    command.add("--no-defaults");
    command.add("--basedir=" + binaries);
    if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      // As root, mysqld starts only if it is told to run as root.
      command.add("--user=root");
    }
    command.addAll(arguments);
    Path log = folder.errorLog();
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    Process process =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Mysqld(process, log, logStart);
  }

  long pid() {
    return process.pid();
  }

  int exitCode() {
    return process.exitValue();
  }

  /** Waits for the end of the process, and returns its exit code. */
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /** Waits for the process at most so long, and returns whether it has ended. */
  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends the process cleanly, or by SIGKILL after {@code limit} or if the thread is interrupted.
   */
  void stop(Duration limit) {
    process.destroy();
    try {
      if (endsWithin(limit)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /** Ends the process by SIGKILL, and returns when it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** The last lines that the process has written to the log. */
  String logTail() throws IOException {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
      channel.position(Math.max(logStart, channel.size() - LOG_TAIL_BYTES));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8).strip();
    }
  }
}

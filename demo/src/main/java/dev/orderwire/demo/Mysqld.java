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
 * One run of the mysqld program. Its output, the loader's complaints among it, goes to the folder's
 * error log.
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
    // Must come first: a my.cnf of this machine says nothing about our server.
    command.add("--no-defaults");
    command.add("--basedir=" + binaries);
    if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      // As root, mysqld starts only when told that this is meant.
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

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() {
    return process.exitValue();
  }

  /** Whether it ended within that time. */
  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * A clean end; where that takes longer than {@code patience}, or we are interrupted, a hard one.
   */
  void stop(Duration patience) {
    process.destroy();
    try {
      if (endsWithin(patience)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /** SIGKILL; returns when the process is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** What it wrote since it was launched: the last few lines. */
  String logTail() throws IOException {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
      channel.position(Math.max(logStart, channel.size() - LOG_TAIL_BYTES));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8).strip();
    }
  }
}

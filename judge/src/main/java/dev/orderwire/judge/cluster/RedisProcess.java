package dev.orderwire.judge.cluster;

import dev.orderwire.judge.client.Lines;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of redis-server, which keeps its port and its folder. It writes what it has to a file
 * before it answers. Safe for use by any number of threads.
 */
final class RedisProcess implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final int ANSWERS_WITHIN_MILLIS = 5_000;

  private final List<String> command;
  private final Path folder;
  private final Path log;
  private final int port;

  /** Guarded by this, as all that follows. */
  private Process process;

  private boolean closed;

  /**
   * Starts it and waits until it answers.
   *
   * @param folder for its data; created
   * @param log the file that gets its output
   */
  RedisProcess(Path folder, Path log) throws IOException {
    Path binary = installed().orElseThrow(() -> new IOException("no redis-server in PATH"));
    this.folder = folder;
    this.log = log;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = socket.getLocalPort();
    }
    this.command =
        List.of(
            binary.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            String.valueOf(port),
            "--dir",
            folder.toString(),
            "--save",
            "",
            "--appendonly",
            "yes",
            "--repl-diskless-sync-delay",
            "0");
    this.process = launch();
  }

  /** The program, if it is in PATH. */
  static Optional<Path> installed() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(each -> Path.of(each, "redis-server"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Tries again if it ends at once: another socket may have its port for a moment. */
  private Process launch() throws IOException {
    Files.createDirectories(folder);
    long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (true) {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      if (answers(started, deadline)) {
        return started;
      }
      started.destroyForcibly();
      if (System.nanoTime() > deadline) {
        throw new IOException("redis-server does not start: see " + log);
      }
    }
  }

  private boolean answers(Process started, long deadline) throws IOException {
    while (started.isAlive() && System.nanoTime() < deadline) {
      try {
        if (command("PING").equals("+PONG")) {
          return true;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      try {
        Thread.sleep(POLL_INTERVAL);
      } catch (InterruptedException e) {
        started.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while redis-server was starting", e);
      }
    }
    return false;
  }

  int port() {
    return port;
  }

  /**
   * The first line of the answer to a command.
   *
   * @param command its words, with spaces between them
   */
  String command(String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(ANSWERS_WITHIN_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWERS_WITHIN_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      return Lines.read(in);
    }
  }

  /** Sends SIGKILL. */
  synchronized void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again after {@link #kill}, with what it had. */
  synchronized void restart() throws IOException {
    if (!closed) {
      process = launch();
    }
  }

  /** Starts it again after {@link #kill}, with nothing. */
  synchronized void restartEmpty() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    restart();
  }

  /** Sends SIGSTOP: the process stays, but does nothing. */
  synchronized void suspend() throws InterruptedException {
    Signal.STOP.send(process);
  }

  /** Sends SIGCONT. */
  synchronized void resume() throws InterruptedException {
    Signal.CONT.send(process);
  }

  @Override
  public synchronized void close() {
    closed = true;
    kill();
  }
}

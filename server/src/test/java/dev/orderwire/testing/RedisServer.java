package dev.orderwire.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process of redis-server on a free port of loopback, with a folder of its own. It writes each
 * command to its file before it answers, so that it loses nothing when it is killed.
 */
public final class RedisServer implements AutoCloseable {
  private final Path folder;
  private final int port = freePort();
  private final List<String> command = new ArrayList<>();
  private final List<String> client = new ArrayList<>();
  private Process process;

  /**
   * Starts it.
   *
   * @param folder a new folder is made in it
   * @param options such as {@code --requirepass secret}, one by one
   */
  public static RedisServer start(Path folder, String... options) {
    return new RedisServer(folder, List.of("--bind", "127.0.0.1", "--port"), options);
  }

  /** Starts it with TLS alone. */
  public static RedisServer startTls(Path folder, String... options) {
    return new RedisServer(
        folder, List.of("--bind", "127.0.0.1", "--port", "0", "--tls-port"), options);
  }

  /** Starts a Sentinel that watches a master with the name {@code orders}. */
  public static RedisServer startSentinel(Path folder, RedisServer master) {
    Path settings = folder.resolve("sentinel.conf");
    try {
      Files.writeString(
          settings,
          """
          sentinel monitor orders 127.0.0.1 %d 1
          sentinel down-after-milliseconds orders 1000
          sentinel failover-timeout orders 3000
          """
              .formatted(master.port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RedisServer(
        folder, List.of(settings.toString(), "--sentinel", "--bind", "127.0.0.1", "--port"));
  }

  private RedisServer(Path folder, List<String> untilPort, String... options) {
    Path binary = installed();
    this.folder = folder.resolve("redis-" + port);
    command.add(binary.toString());
    command.addAll(untilPort);
    command.add(Integer.toString(port));
    command.addAll(List.of("--dir", this.folder.toString()));
    if (!untilPort.contains("--sentinel")) {
      command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always"));
    }
    command.addAll(List.of(options));
    client.addAll(
        List.of(binary.resolveSibling("redis-cli").toString(), "-p", Integer.toString(port)));
    process = start();
  }

  private static Path installed() {
    List<Path> found =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .map(each -> Path.of(each, "redis-server"))
            .filter(Files::isExecutable)
            .toList();
    assumeThat(found).as("Redis is installed: apt-get install redis-server").isNotEmpty();
    return found.getFirst();
  }

  /** Low enough that the port for a cluster's nodes among themselves, 10,000 higher, is one. */
  public static int freePort() {
    while (true) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() < 55_000) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Process start() {
    try {
      Files.createDirectories(folder);
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
              .start();
      Await.until("Redis serves", () -> serves(started));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean serves(Process started) {
    if (!started.isAlive()) {
      throw new IllegalStateException("Redis has ended: see " + folder.resolve("log"));
    }
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      if (command.contains("--tls-port")) {
        return true;
      }
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readNBytes(4), UTF_8);
      return answer.equals("+PON") || answer.equals("-NOA");
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public URI address() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  /** The answer to a command, from redis-cli. */
  public String cli(String... words) {
    return run(Stream.concat(client.stream(), Arrays.stream(words)).toList());
  }

  /** What an ordinary command says. */
  public static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** As {@code kill -9}. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again after {@link #kill}, on the same port. */
  public void restart() {
    process = start();
  }

  /** As {@link #restart}, with an empty folder. */
  public void restartWithoutData() {
    deleteFolder();
    restart();
  }

  /** Stops it without closing a connection, as a hanging machine. */
  public void pause() {
    run(List.of("kill", "-STOP", Long.toString(process.pid())));
  }

  public void resume() {
    run(List.of("kill", "-CONT", Long.toString(process.pid())));
  }

  private void deleteFolder() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}

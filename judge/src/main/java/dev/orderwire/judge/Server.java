package dev.orderwire.judge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code orderwire serve} as a process of its own, on a port that it keeps, with its own network to
 * MySQL; started again whenever it has ended, as a service manager does. For any number of threads.
 */
final class Server implements Endpoint, AutoCloseable {
  private static final Duration START_AGAIN_AFTER = Duration.ofMillis(500);

  private final int number;
  private final Database database;
  private final Proxy proxy;
  private final Path log;
  private final int port;
  private final Findings findings;
  private final Tally tally;
  private final Thread keeper;

  private volatile boolean closed;
  private volatile boolean ready;

  /** Whether the present process was ended on purpose. */
  private volatile boolean ended;

  private volatile @Nullable Process process;

  Server(int number, Database database, Path folder, Findings findings, Tally tally)
      throws IOException {
    this.number = number;
    this.database = database;
    this.proxy = new Proxy(database.port());
    this.log = folder.resolve(this + ".log");
    this.port = freePort();
    this.findings = findings;
    this.tally = tally;
    this.keeper = Thread.ofPlatform().name(toString()).daemon().start(this::keepAlive);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Proxy proxy() {
    return proxy;
  }

  @Override
  public int port() {
    return port;
  }

  boolean isReady() {
    return ready;
  }

  private void keepAlive() {
    try {
      while (!closed) {
        ended = false;
        Process started = launch();
        process = started;
        boolean wasReady = awaitReady(started);
        started.waitFor();
        ready = false;
        if (!ended && !closed) {
          if (wasReady) {
            findings.add(
                Findings.Kind.ENDED,
                toString(),
                "its exit code is " + started.exitValue() + "; its log is " + log);
          } else {
            tally.count(Tally.Group.FAULTS, "server did not start, and was started again");
          }
        }
        Thread.sleep(START_AGAIN_AFTER);
      }
    } catch (InterruptedException e) {
      // Closed: there is nothing left to keep alive.
    }
  }

  private boolean awaitReady(Process started) {
    try (InputStream output = started.getInputStream()) {
      while (!Lines.read(output).equals("ready")) {
        // Where it listens, and what it serves.
      }
      ready = true;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Process launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "-Xmx384m"));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.orderwire.cli.Main", "serve"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> environment() {
    return Map.of(
        "MYSQL_HOST",
        "127.0.0.1",
        "MYSQL_PORT",
        String.valueOf(proxy.port()),
        "MYSQL_USER",
        database.user(),
        "MYSQL_PASSWORD",
        database.password(),
        "MYSQL_DATABASE",
        Database.NAME,
        "ORDERWIRE_SERVER_PORT",
        String.valueOf(port),
        "ORDERWIRE_SERVER_HEARTBEAT_SECONDS",
        "2",
        "ORDERWIRE_TABLES",
        WatchedTables.ALL.stream().map(WatchedTable::name).collect(Collectors.joining(",")),
        // One remembers much, the next little: clients resume from the feed and from the log.
        "ORDERWIRE_FEED_MAX_CHANGES",
        number % 2 == 0 ? "1000" : "50000");
  }

  /** SIGKILL. */
  void kill() {
    ended = true;
    Process present = process;
    if (present != null) {
      present.destroyForcibly();
    }
  }

  /** SIGTERM. */
  void terminate() {
    ended = true;
    Process present = process;
    if (present != null) {
      present.destroy();
    }
  }

  /** SIGSTOP: it is there, and does nothing. */
  void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    Process present = process;
    if (present != null && present.isAlive()) {
      try {
        new ProcessBuilder("kill", "-" + name, String.valueOf(present.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    keeper.interrupt();
    thaw();
    Process present = process;
    if (present != null) {
      present.destroy();
      try {
        if (!present.waitFor(20, TimeUnit.SECONDS)) {
          findings.add(Findings.Kind.STUCK, toString(), "did not end within 20 s of SIGTERM");
          present.destroyForcibly();
        }
      } catch (InterruptedException e) {
        present.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    proxy.close();
  }

  @Override
  public String toString() {
    return "server-" + number;
  }
}

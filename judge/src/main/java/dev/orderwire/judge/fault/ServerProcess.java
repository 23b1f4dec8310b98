package dev.orderwire.judge.fault;

import static java.util.Map.entry;

import dev.orderwire.judge.client.Endpoint;
import dev.orderwire.judge.client.Lines;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
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
 * A process of {@code orderwire serve}. It keeps its port, reaches MySQL through its own proxy, and
 * is restarted whenever it exits, as by a service manager. Safe for use by any number of threads.
 */
public final class ServerProcess implements Endpoint, AutoCloseable {
  private static final Duration RESTARTS_AFTER = Duration.ofMillis(500);

  private final int number;
  private final Database database;
  private final Map<String, String> settings;
  private final MysqlProxy proxy;
  private final Path log;
  private final int port;
  private final Findings findings;
  private final Tally tally;
  private final Thread supervisor;

  private volatile boolean closed;
  private volatile boolean ready;

  /** Whether the judge ended the running process. */
  private volatile boolean endedByJudge;

  private volatile @Nullable Process process;

  /**
   * @param settings of all servers, as variables of the environment
   * @param folder for the log
   */
  public ServerProcess(
      int number,
      Database database,
      Map<String, String> settings,
      Path folder,
      Findings findings,
      Tally tally)
      throws IOException {
    this.number = number;
    this.database = database;
    this.settings = settings;
    this.proxy = new MysqlProxy(database.port());
    this.log = folder.resolve(this + ".log");
    this.port = freePort();
    this.findings = findings;
    this.tally = tally;
    this.supervisor = Thread.ofPlatform().name(toString()).daemon().start(this::supervise);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  MysqlProxy proxy() {
    return proxy;
  }

  @Override
  public int port() {
    return port;
  }

  public boolean isReady() {
    return ready;
  }

  private void supervise() {
    try {
      while (!closed) {
        endedByJudge = false;
        Process started = launch();
        process = started;
        boolean wasReady = awaitReady(started);
        started.waitFor();
        ready = false;
        if (!endedByJudge && !closed) {
          if (wasReady) {
            findings.add(
                Findings.Kind.EXITED,
                toString(),
                "exit code " + started.exitValue() + ", log " + log);
          } else {
            tally.count(Tally.Group.FAULTS, "server failed to start, restarted");
          }
        }
        Thread.sleep(RESTARTS_AFTER);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private boolean awaitReady(Process started) {
    try (InputStream output = started.getInputStream()) {
      while (!Lines.read(output).equals("ready")) {
        // Lines with the addresses come first.
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
    builder.environment().putAll(settings);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> environment() {
    return Map.ofEntries(
        entry("MYSQL_HOST", "127.0.0.1"),
        entry("MYSQL_PORT", String.valueOf(proxy.port())),
        entry("MYSQL_USER", database.user()),
        entry("MYSQL_PASSWORD", database.password()),
        entry("MYSQL_DATABASE", Database.NAME),
        entry("ORDERWIRE_SERVER_PORT", String.valueOf(port)),
        entry("ORDERWIRE_SERVER_HEARTBEAT_SECONDS", "2"),
        entry("ORDERWIRE_SERVER_DRAIN_NOTICE_SECONDS", "1"),
        entry("ORDERWIRE_SERVER_DRAIN_LIMIT_SECONDS", "8"),
        entry(
            "ORDERWIRE_TABLES",
            WatchedTables.ALL.stream().map(WatchedTable::name).collect(Collectors.joining(","))),
        // Alternately a large and a small feed: clients resume from the feed and from the log.
        entry("ORDERWIRE_FEED_MAX_CHANGES", number % 2 == 0 ? "1000" : "50000"));
  }

  /** Sends SIGKILL. */
  void kill() {
    endedByJudge = true;
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /** Sends SIGTERM. */
  void terminate() {
    endedByJudge = true;
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }

  /** Sends SIGSTOP: the process stays, but does nothing. */
  void suspend() {
    signal("STOP");
  }

  /** Sends SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    Process running = process;
    if (running != null && running.isAlive()) {
      try {
        new ProcessBuilder("kill", "-" + name, String.valueOf(running.pid())).start().waitFor();
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
    supervisor.interrupt();
    resume();
    Process running = process;
    if (running != null) {
      running.destroy();
      try {
        if (!running.waitFor(20, TimeUnit.SECONDS)) {
          findings.add(Findings.Kind.STUCK, toString(), "still running 20 s after SIGTERM");
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        running.destroyForcibly();
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

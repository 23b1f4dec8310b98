package dev.orderwire.judge.cluster;

import static java.util.Map.entry;

import dev.orderwire.bus.Buses;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process of Orderwire. It keeps its port, reaches MySQL, its replica and the bus through links
 * of its own, and is restarted whenever it exits, as by a service manager. Safe for use by any
 * number of threads.
 */
public final class ServerProcess implements Endpoint, AutoCloseable {
  private static final Duration RESTARTS_AFTER = Duration.ofMillis(500);

  private final Role role;
  private final int number;
  private final Site site;
  private final Link mysql;
  private final List<Link> links = new ArrayList<>();
  private final Map<String, String> ownSettings = new HashMap<>();
  private final Path log;
  private final int port;
  private final Health health;
  private final Thread supervisor;

  private volatile boolean closed;
  private volatile boolean ready;

  /** Whether the judge ended the running process. */
  private volatile boolean endedByJudge;

  private volatile @Nullable Process process;

  /**
   * Starts it.
   *
   * @param number among those of its role
   * @param broker null for none
   * @param replica null for none
   */
  ServerProcess(
      Role role, int number, Site site, @Nullable Broker broker, @Nullable Replica replica)
      throws IOException {
    this.role = role;
    this.number = number;
    this.site = site;
    this.mysql = new Link(_ -> site.database().port());
    links.add(mysql);
    if (broker != null) {
      Link link = broker.newLink();
      links.add(link);
      ownSettings.putAll(broker.settings(link.port()));
    }
    if (replica != null) {
      Link link = replica.newLink();
      links.add(link);
      ownSettings.putAll(replica.settings(link.port()));
    }
    this.log = site.folder().resolve(this + ".log");
    this.port = freePort();
    this.health = new Health(port);
    this.supervisor = Thread.ofPlatform().name(toString()).daemon().start(this::supervise);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Its links to MySQL, to the bus, and to the replica of MySQL, as far as there are such. */
  public List<Link> links() {
    return List.copyOf(links);
  }

  @Override
  public int port() {
    return port;
  }

  Role role() {
    return role;
  }

  public Health health() {
    return health;
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
            site.findings()
                .add(
                    Findings.Kind.EXITED,
                    toString(),
                    "exit code " + started.exitValue() + ", log " + log);
          } else {
            site.tally().count(Tally.Group.FAULTS, role + " failed to start, restarted");
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
    command.add("-Dorderwire.plugins=" + Buses.folder());
    command.addAll(List.of("dev.orderwire.cli.Main", role.command()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment());
    builder.environment().putAll(site.settings());
    builder.environment().putAll(ownSettings);
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
        entry("MYSQL_PORT", String.valueOf(mysql.port())),
        entry("MYSQL_USER", site.database().user()),
        entry("MYSQL_PASSWORD", site.database().password()),
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
  public void kill() {
    endedByJudge = true;
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /** Sends SIGTERM. */
  public void terminate() {
    endedByJudge = true;
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }

  /** Sends SIGSTOP: the process stays, but does nothing. */
  public void suspend() throws InterruptedException {
    signal(Signal.STOP);
  }

  /** Sends SIGCONT. */
  public void resume() throws InterruptedException {
    signal(Signal.CONT);
  }

  private void signal(Signal signal) throws InterruptedException {
    Process running = process;
    if (running != null) {
      signal.send(running);
    }
  }

  @Override
  public void close() {
    closed = true;
    supervisor.interrupt();
    Process running = process;
    if (running != null) {
      try {
        resume();
        running.destroy();
        if (!running.waitFor(20, TimeUnit.SECONDS)) {
          site.findings().add(Findings.Kind.STUCK, toString(), "still running 20 s after SIGTERM");
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        running.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    links.forEach(Link::close);
  }

  @Override
  public String toString() {
    return role + "-" + number;
  }
}

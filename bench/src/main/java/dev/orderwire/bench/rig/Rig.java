package dev.orderwire.bench.rig;

import dev.orderwire.bench.load.Load;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The test rig of a scenario: a MySQL with the table {@code orders}, a server, and clients. All
 * parts are closed at the end, in reverse order, also if the run fails or this process is told to
 * end.
 */
public final class Rig implements AutoCloseable {
  public static final String DATABASE = "bench";

  /** What runs on a rig. */
  public interface Scenario {
    void on(Rig rig) throws Exception;
  }

  /** A scenario that writes stamped changes. */
  public interface WritingScenario {
    void on(Rig rig, PacedWriters writers) throws Exception;
  }

  /** Starts a part that logs to a file. */
  public interface Starter<T> {
    T start(Path log) throws IOException;
  }

  private final Path folder;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final EmbeddedMysql mysql;
  private final Load load;
  private @Nullable ServerProcess server;

  private Rig(Path folder) {
    this.folder = folder;
    try {
      this.mysql = register(EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of()));
      SampleOrders.createTable(mysql, DATABASE);
      this.load = new Load(folder);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Builds a rig with a server, runs the scenario on it, and closes it. */
  public static void run(Scenario scenario) throws Exception {
    runWithoutServer(rig -> {
      rig.serve();
      scenario.on(rig);
    });
  }

  /**
   * Does the same for a scenario with stamped changes, and clients in processes of their own.
   *
   * @param sockets the number of clients; the run fails at once if a process may not open so many
   * @param writers how many connections write at the same time
   */
  public static void run(int sockets, int writers, WritingScenario scenario) throws Exception {
    runWithoutServer(
        sockets,
        writers,
        (rig, pacedWriters) -> {
          rig.serve();
          scenario.on(rig, pacedWriters);
        });
  }

  /**
   * Does the same, but there is no server until the scenario calls {@link #serve}.
   *
   * @see #run(int, int, WritingScenario)
   */
  public static void runWithoutServer(int sockets, int writers, WritingScenario scenario)
      throws Exception {
    OpenFileLimit.require(sockets);
    runWithoutServer(rig -> {
      try (PacedWriters pacedWriters = new PacedWriters(rig, writers)) {
        scenario.on(rig, pacedWriters);
      }
    });
  }

  /**
   * Runs a scenario on a rig whose server speaks TLS. It may be a second rig, beside one without.
   *
   * @param writers how many connections write at the same time
   */
  public static void runTls(int writers, WritingScenario scenario) throws Exception {
    runWithoutServer(rig -> {
      rig.serveTls();
      try (PacedWriters pacedWriters = new PacedWriters(rig, writers)) {
        scenario.on(rig, pacedWriters);
      }
    });
  }

  /** There is no server, and so no triggers, until the scenario calls {@link #serve}. */
  public static void runWithoutServer(Scenario scenario) throws Exception {
    RunFolder.run(folder -> {
      try (Rig rig = new Rig(folder)) {
        Runtime.getRuntime().addShutdownHook(new Thread(rig::close));
        scenario.on(rig);
      }
    });
  }

  /** Starts the server, which installs its triggers, and returns when it is ready. */
  public ServerProcess serve() throws IOException {
    return serve(Map.of());
  }

  /**
   * Starts a server with further settings.
   *
   * @param settings as environment variables
   */
  public ServerProcess serve(Map<String, String> settings) throws IOException {
    return serve(log -> ServerProcess.start("serve", mysql, DATABASE, settings, log));
  }

  private void serveTls() throws IOException {
    Certificate certificate = Certificate.make(folder);
    serve(log ->
        ServerProcess.start("serve", mysql, DATABASE, ServerProcess.tlsSettings(certificate), log));
  }

  private ServerProcess serve(Starter<ServerProcess> starter) throws IOException {
    ServerProcess ready = startServer("server", starter);
    server = ready;
    return ready;
  }

  /** Starts a further server, which is closed with the rig, and returns when it is ready. */
  ServerProcess startServer(String name, Starter<ServerProcess> starter) throws IOException {
    ServerProcess ready = start(name, starter);
    // After each server, so that the clients are closed before it.
    register(load);
    return ready;
  }

  /** Starts another part, which is closed with the rig. */
  public <T extends AutoCloseable> T start(String name, Starter<T> starter) throws IOException {
    return register(starter.start(folder.resolve(name + ".log")));
  }

  private synchronized <T extends AutoCloseable> T register(T part) {
    parts.push(part);
    return part;
  }

  /** The run's folder, for logs and other files. */
  public Path folder() {
    return folder;
  }

  public EmbeddedMysql mysql() {
    return mysql;
  }

  public ServerProcess server() {
    return Objects.requireNonNull(server, "this scenario has not started a server");
  }

  public Load load() {
    return load;
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(mysql.jdbcUrl(DATABASE), mysql.user(), mysql.password());
  }

  @Override
  public synchronized void close() {
    for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("failed to close " + part + ": " + e);
      }
    }
  }
}

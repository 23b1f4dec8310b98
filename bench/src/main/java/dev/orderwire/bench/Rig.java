package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario runs on: a MySQL with the table {@code orders}, a server, and clients as it wants
 * them. All of it is ended at the end, the last first, also where the run fails or this process is
 * told to end.
 */
final class Rig implements AutoCloseable {
  /** A run on it. */
  interface Scenario {
    void on(Rig rig) throws Exception;
  }

  /** A run on it that writes stamped changes. */
  interface WritingScenario {
    void on(Rig rig, Writers writers) throws Exception;
  }

  /** More of whatever was started. */
  interface Start<T> {
    T at(Path log) throws IOException;
  }

  private final Path folder;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final EmbeddedMysql mysql;
  private final Load load;
  private @Nullable ServerProcess server;

  private Rig(Path folder) {
    this.folder = folder;
    try {
      this.mysql = begun(EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of()));
      SampleOrders.createTable(mysql, BenchFolder.DATABASE);
      this.load = new Load(folder);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Builds a rig, runs the scenario on it, and ends it. */
  static void run(Scenario scenario) throws Exception {
    runWithoutServer(rig -> {
      rig.serve();
      scenario.on(rig);
    });
  }

  /**
   * The same for a scenario that needs stamped changes, and clients in processes of their own.
   *
   * @param sockets how many clients there are; fails at once where this machine does not let a
   *     process have so many
   * @param writers how many write at the same time
   */
  static void run(int sockets, int writers, WritingScenario scenario) throws Exception {
    OpenFiles.require(sockets);
    run(rig -> {
      try (Writers writing = new Writers(rig, writers)) {
        scenario.on(rig, writing);
      }
    });
  }

  /** Has no server, and so no triggers, before the scenario calls {@link #serve}. */
  static void runWithoutServer(Scenario scenario) throws Exception {
    BenchFolder.run(folder -> {
      try (Rig rig = new Rig(folder)) {
        Runtime.getRuntime().addShutdownHook(new Thread(rig::close));
        scenario.on(rig);
      }
    });
  }

  /** Starts the server, which installs its triggers. */
  ServerProcess serve() throws IOException {
    ServerProcess ready =
        start("server", log -> ServerProcess.start(mysql, BenchFolder.DATABASE, log));
    server = ready;
    // Here, as clients are to end before their server does.
    begun(load);
    return ready;
  }

  /** Starts something more, which ends with all others. */
  <T extends AutoCloseable> T start(String name, Start<T> start) throws IOException {
    return begun(start.at(folder.resolve(name + ".log")));
  }

  private synchronized <T extends AutoCloseable> T begun(T part) {
    started.push(part);
    return part;
  }

  /** Where its logs are, and what else a run needs of files. */
  Path folder() {
    return folder;
  }

  EmbeddedMysql mysql() {
    return mysql;
  }

  ServerProcess server() {
    return Objects.requireNonNull(server, "this scenario has not started a server yet");
  }

  Load load() {
    return load;
  }

  Connection connect() throws SQLException {
    return BenchFolder.connect(mysql);
  }

  @Override
  public synchronized void close() {
    for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("could not end " + part + ": " + e);
      }
    }
  }
}

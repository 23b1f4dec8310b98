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

/**
 * What a scenario runs on: a MySQL with the table {@code orders}, a server, and clients. All of it
 * is ended at the end, the last first, also where the run fails or this process is told to end.
 */
final class Rig implements AutoCloseable {
  /** A run on it. */
  interface Scenario {
    void on(Rig rig) throws Exception;
  }

  /** More of whatever was started. */
  interface Start<T> {
    T at(Path log) throws IOException;
  }

  private final Path folder;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final EmbeddedMysql mysql;
  private final ServerProcess server;
  private final Load load;

  private Rig(Path folder) throws IOException {
    this.folder = folder;
    try {
      this.mysql = begun(EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of()));
      SampleOrders.createTable(mysql, BenchFolder.DATABASE);
      this.server = start("server", log -> ServerProcess.start(mysql, BenchFolder.DATABASE, log));
      this.load = begun(new Load(folder));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Builds a rig, runs the scenario on it, and ends it. */
  static void run(Scenario scenario) throws Exception {
    BenchFolder.run(folder -> {
      try (Rig rig = new Rig(folder)) {
        Runtime.getRuntime().addShutdownHook(new Thread(rig::close));
        scenario.on(rig);
      }
    });
  }

  /** Starts something more, which ends with all others. */
  <T extends AutoCloseable> T start(String name, Start<T> start) throws IOException {
    return begun(start.at(folder.resolve(name + ".log")));
  }

  private synchronized <T extends AutoCloseable> T begun(T part) {
    started.push(part);
    return part;
  }

  EmbeddedMysql mysql() {
    return mysql;
  }

  ServerProcess server() {
    return server;
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

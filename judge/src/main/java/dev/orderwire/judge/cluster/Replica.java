package dev.orderwire.judge.cluster;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A replica of the run's MySQL. Four workers apply transactions in parallel, and commit them in the
 * order of the source. It can be made to lag, and be killed. Safe for use by any number of threads,
 * but only one may inject faults.
 */
public final class Replica implements AutoCloseable {
  private static final List<String> ARGUMENTS =
      List.of(
          "--server-id=2",
          "--relay-log=relay",
          "--relay-log-recovery=ON",
          "--log-slave-updates=ON",
          "--slave-parallel-type=LOGICAL_CLOCK",
          "--slave-parallel-workers=4",
          "--slave-preserve-commit-order=ON",
          // The source's heartbeats come twice as often. It may hang, without a word.
          "--slave-net-timeout=4",
          "--max-connections=400");

  private final Path folder;
  private final Tally tally;
  private final Link link;
  private final int port;
  private volatile EmbeddedMysql mysql;
  private boolean closed;

  /**
   * Starts it, and replicates from the first transaction on.
   *
   * @param folder for its data
   * @param source a source with {@link Database#REPLICATED}
   */
  Replica(Path folder, Database source, Tally tally) throws IOException, SQLException {
    this.folder = folder;
    this.tally = tally;
    this.link = new Link(_ -> source.port());
    this.mysql = start(0);
    this.port = mysql.port();
    execute(
        ("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=%d, MASTER_USER='%s',"
                + " MASTER_PASSWORD='%s', MASTER_AUTO_POSITION=1, GET_MASTER_PUBLIC_KEY=1,"
                + " MASTER_CONNECT_RETRY=1, MASTER_RETRY_COUNT=0")
            .formatted(link.port(), source.user(), source.password()),
        "START SLAVE");
  }

  private EmbeddedMysql start(int onPort) {
    List<String> arguments = new ArrayList<>(Database.REPLICATED);
    arguments.addAll(ARGUMENTS);
    return EmbeddedMysql.start(folder, onPort, arguments);
  }

  /** A new way to it, for one server. */
  Link newLink() throws IOException {
    return new Link(_ -> port);
  }

  /**
   * The settings of a server that reads from it, as variables of the environment.
   *
   * @param through the port of the server's link
   */
  Map<String, String> settings(int through) {
    return Map.of(
        "ORDERWIRE_MYSQL_REPLICAS",
        "mysql://%s:%s@127.0.0.1:%d/%s"
            .formatted(mysql.user(), mysql.password(), through, Database.NAME));
  }

  /** The same database, for the judge itself. */
  Connection connect() throws SQLException {
    return connect(Database.NAME);
  }

  private Connection connect(String database) throws SQLException {
    EmbeddedMysql now = mysql;
    Properties properties = new Properties();
    properties.put("user", now.user());
    properties.put("password", now.password());
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "60000");
    return DriverManager.getConnection(now.jdbcUrl(database), properties);
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /** Lets it lag, hang, lose its source or be killed, and heals that. */
  public void fail(SeededRandom random, Phase phase) throws InterruptedException {
    Duration time = Duration.ofMillis(random.between(200, 8_000));
    try {
      switch (random.below(5)) {
        case 0, 1 -> {
          count("applies nothing for a while");
          stopApplying();
          phase.pause(time);
          startApplying();
        }
        case 2 -> {
          count("cut off from its source");
          link.cut();
          phase.pause(time);
          link.heal();
        }
        case 3 -> {
          count("stopped and continued");
          suspend();
          phase.pause(time);
          resume();
        }
        default -> {
          count("killed");
          crash(time, phase);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the replica takes no orders", e);
    }
  }

  private void count(String what) {
    tally.count(Tally.Group.FAULTS, "replica: " + what);
  }

  /** It still receives transactions, and applies none. */
  void stopApplying() throws SQLException {
    execute("STOP SLAVE SQL_THREAD");
  }

  void startApplying() throws SQLException {
    execute("START SLAVE SQL_THREAD");
  }

  private void suspend() throws InterruptedException {
    Signal.STOP.send(mysql.pid());
  }

  private void resume() throws InterruptedException {
    Signal.CONT.send(mysql.pid());
  }

  private void crash(Duration down, Phase phase) throws InterruptedException {
    mysql.kill();
    phase.pause(down);
    restart();
  }

  private synchronized void restart() {
    if (!closed) {
      mysql = start(port);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    // Not in order: it may have been stopped by a signal, and its data is not needed any more.
    mysql.kill();
    link.close();
  }
}

package dev.orderwire.bench.scale;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.Cluster;
import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.ServerProcess;
import dev.orderwire.bench.rig.Topology;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/** The queries that MySQL gets from a relay with one gateway, and with ten, idle and under load. */
final class QueryRate {
  private static final int MORE_GATEWAYS = 9;
  private static final int CLIENTS = 10;
  private static final int CONNECTS_PER_SECOND = 100;
  private static final int CHANGES_PER_SECOND = 50;
  private static final Duration SETTLES_FOR = Duration.ofSeconds(15);

  /** A relay checks its triggers wholly once a minute: each turn has one such check. */
  private static final Duration IDLE_FOR = Duration.ofSeconds(60);

  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  private final Rig rig;
  private final PacedWriters writers;
  private final int seconds;

  /**
   * @param seconds of each turn under load
   */
  QueryRate(Rig rig, PacedWriters writers, int seconds) {
    this.rig = rig;
    this.writers = writers;
    this.seconds = seconds;
  }

  Figures measure(Topology topology) throws Exception {
    Cluster cluster = Cluster.start(rig, topology, 1, 1);
    Figures figures = new Figures();
    Rates one = measure(cluster.servers());
    cluster.addServers(MORE_GATEWAYS);
    Rates ten = measure(cluster.servers());
    return figures
        .add("idleQueries1", "queries a second, idle, 1 gateway", one.idle, "")
        .add("idleQueries10", "queries a second, idle, 10 gateways", ten.idle, "", "as with 1")
        .add(
            "queries1",
            "queries a second without the INSERTs, 50 changes a second, 1 gateway",
            one.busy,
            "")
        .add("queries10", "the same, 10 gateways", ten.busy, "", "as with 1")
        .remark("each gateway has %d clients".formatted(CLIENTS));
  }

  /** Queries a second of the servers. */
  private record Rates(double idle, double busy) {}

  private Rates measure(List<ServerProcess> gateways) throws Exception {
    for (int i = 0; i < gateways.size(); i++) {
      rig.load().connect("gateway-" + i, CLIENTS, CONNECTS_PER_SECOND, gateways.get(i).websocket());
    }
    writers.write(StampedStatement.INSERT, CHANGES_PER_SECOND, SETTLES_FOR.toMillis() / 1e3);
    Thread.sleep(SETTLES_FOR);
    try (Connection connection = rig.connect()) {
      long began = System.nanoTime();
      long before = MysqlStatus.questions(connection);
      Thread.sleep(IDLE_FOR);
      // Each number includes the query that reads it.
      double idle = perSecond(MysqlStatus.questions(connection) - before - 1, began);

      began = System.nanoTime();
      before = MysqlStatus.questions(connection);
      WriteResult written = writers.write(StampedStatement.INSERT, CHANGES_PER_SECOND, seconds);
      int own = written.to() - written.from() + 1;
      double busy = perSecond(MysqlStatus.questions(connection) - before - own, began);
      for (int i = 0; i < gateways.size(); i++) {
        rig.load()
            .await("gateway-" + i, written.from(), written.to(), ARRIVES_WITHIN)
            .requireComplete();
      }
      return new Rates(idle, busy);
    }
  }

  private static double perSecond(long count, long began) {
    return count / ((System.nanoTime() - began) / 1e9);
  }
}

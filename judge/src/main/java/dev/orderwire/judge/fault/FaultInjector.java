package dev.orderwire.judge.fault;

import dev.orderwire.judge.cluster.Cluster;
import dev.orderwire.judge.cluster.Link;
import dev.orderwire.judge.cluster.ServerProcess;
import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MysqlError;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Injects one fault after the other while there is load, and heals each. */
public final class FaultInjector implements Runnable {
  /** Finds connections that have read the change log lately: tails, and catch-ups of clients. */
  private static final String FIND_TAILS =
      """
      SELECT DISTINCT t.processlist_id
        FROM performance_schema.threads t
        JOIN performance_schema.events_statements_history s USING (thread_id)
       WHERE s.sql_text LIKE 'SELECT id, table_name, op,%FROM orderwire_change_log WHERE %'\
      """;

  /** In a row. Without a limit, the fault could end to happen, and nobody would notice. */
  private static final int MOST_TAILS_NOT_FOUND = 20;

  private final SeededRandom random;
  private final List<Fault> faults;
  private final Database database;
  private final HostileGlobals globals;
  private final Cluster cluster;
  private final ClusterFaults clusterFaults;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private int tailsNotFound;
  private volatile boolean idle = true;

  public FaultInjector(
      Plan plan,
      Database database,
      HostileGlobals globals,
      Cluster cluster,
      Phase phase,
      Findings findings,
      Tally tally) {
    this.random = new SeededRandom(plan.seed(), "faults");
    this.faults = plan.faults().stream().filter(each -> !each.changesSchema()).sorted().toList();
    this.database = database;
    this.globals = globals;
    this.cluster = cluster;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
    this.clusterFaults = new ClusterFaults(random, cluster, phase, tally);
  }

  /** Whether all faults are healed. Once true, it stays so until the next load. */
  public boolean isIdle() {
    return idle;
  }

  @Override
  public void run() {
    try {
      while (phase.awaitLoad() && !faults.isEmpty()) {
        idle = false;
        try {
          if (faults.contains(Fault.SETTINGS)) {
            changeGlobals();
          }
          phase.pause(Duration.ofMillis(random.between(500, 6_000)));
          while (phase.isLoading()) {
            injectOne();
            phase.pause(Duration.ofMillis(random.between(200, 4_000)));
          }
        } finally {
          idle = true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void injectOne() throws InterruptedException {
    // MySQL needs seconds to restart, in which few other faults make sense.
    Fault fault = random.pick(faults);
    if (fault == Fault.MYSQL && faults.size() > 1 && random.percent(50)) {
      fault = random.pick(faults);
    }
    ServerProcess server = random.pick(cluster.servers());
    tally.count(Tally.Group.FAULTS, fault.toString());
    Duration time = Duration.ofMillis(random.between(200, 6_000));
    switch (fault) {
      case KILL -> server.kill();
      case TERM -> server.terminate();
      case STOP -> {
        server.suspend();
        phase.pause(time);
        server.resume();
      }
      case MYSQL -> database.crash(Duration.ofMillis(random.between(0, 2_000)));
      case TAIL -> killTail();
      case CUT -> {
        Link link = link(server);
        link.cut();
        phase.pause(random.percent(50) ? Duration.ZERO : time);
        link.heal();
      }
      case SILENCE -> {
        Link link = link(server);
        link.silence();
        phase.pause(time);
        link.heal();
      }
      case RELAY -> clusterFaults.relay();
      case GATEWAY -> clusterFaults.gateways();
      case REDIS, KAFKA -> clusterFaults.broker();
      case LAG -> clusterFaults.replica();
      case BALANCER -> clusterFaults.balancer(time);
      case SETTINGS -> changeGlobals();
      case SCHEMA, TRIGGER, LOG -> throw new IllegalStateException("not injected here: " + fault);
    }
  }

  private Link link(ServerProcess server) {
    List<Link> links = server.links();
    return links.size() == 1 ? links.getFirst() : random.pick(links);
  }

  private void changeGlobals() {
    try {
      globals.change();
    } catch (SQLException | IOException e) {
      findings.add(Findings.Kind.JUDGE, "faults", "cannot set global variables: " + e);
    }
  }

  private void killTail() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      List<Long> tails = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(FIND_TAILS)) {
        while (rows.next()) {
          tails.add(rows.getLong(1));
        }
      }
      if (tails.isEmpty()) {
        tally.count(Tally.Group.FAULTS, "tail: no connection found");
        if (++tailsNotFound == MOST_TAILS_NOT_FOUND) {
          findings.add(
              Findings.Kind.JUDGE, "faults", "never finds a tail to kill: the query is stale");
        }
      } else {
        tailsNotFound = 0;
        statement.execute("KILL " + random.pick(tails));
      }
    } catch (SQLException e) {
      if (!MysqlError.isLostConnection(e) && e.getErrorCode() != MysqlError.NO_SUCH_THREAD) {
        findings.add(Findings.Kind.STUCK, "faults", "cannot kill a tail: " + e);
      }
    }
  }
}

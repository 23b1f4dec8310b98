package dev.orderwire.judge;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes one thing after the other go wrong while there is load, and heals it again. */
final class Faults implements Runnable {
  /** Of the statement that only a tail sends (and the catching up of a client). */
  private static final String FOLLOWING =
      """
      SELECT t.processlist_id
        FROM performance_schema.threads t
        JOIN performance_schema.events_statements_current s USING (thread_id)
       WHERE s.sql_text LIKE 'SELECT id, table_name, op,%FROM orderwire_change_log WHERE id > %'\
      """;

  private final Chance chance;
  private final List<Trouble> trouble;
  private final Database database;
  private final List<Server> servers;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private volatile boolean idle = true;

  Faults(
      Plan plan,
      Database database,
      List<Server> servers,
      Phase phase,
      Findings findings,
      Tally tally) {
    this.chance = new Chance(plan.seed(), "faults");
    this.trouble = plan.trouble().stream().filter(each -> !each.isOfTheSchema()).sorted().toList();
    this.database = database;
    this.servers = servers;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
  }

  /** Whether all is healed, as far as it is in these hands. It stays so until the next load. */
  boolean isIdle() {
    return idle;
  }

  @Override
  public void run() {
    try {
      while (phase.awaitLoad() && !trouble.isEmpty()) {
        idle = false;
        try {
          phase.pause(Duration.ofMillis(chance.between(500, 6_000)));
          while (phase.isLoading()) {
            one();
            phase.pause(Duration.ofMillis(chance.between(200, 4_000)));
          }
        } finally {
          idle = true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void one() throws InterruptedException {
    // MySQL takes seconds to come back, in which little else can be tried.
    Trouble kind = chance.of(trouble);
    if (kind == Trouble.MYSQL && trouble.size() > 1 && chance.percent(50)) {
      kind = chance.of(trouble);
    }
    Server server = chance.of(servers);
    tally.count(Tally.Group.FAULTS, kind.toString());
    Duration some = Duration.ofMillis(chance.between(200, 6_000));
    switch (kind) {
      case KILL -> server.kill();
      case TERM -> server.terminate();
      case STOP -> {
        server.freeze();
        phase.pause(some);
        server.thaw();
      }
      case MYSQL -> database.crash(Duration.ofMillis(chance.between(0, 2_000)));
      case TAIL -> killTails();
      case CUT -> {
        server.proxy().cut();
        phase.pause(chance.percent(50) ? Duration.ZERO : some);
        server.proxy().heal();
      }
      case SILENCE -> {
        server.proxy().silence();
        phase.pause(some);
        server.proxy().heal();
      }
      case SCHEMA, TRIGGER, LOG -> throw new IllegalStateException("of the schema: " + kind);
    }
  }

  private void killTails() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      List<Long> tails = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(FOLLOWING)) {
        while (rows.next()) {
          tails.add(rows.getLong(1));
        }
      }
      if (tails.isEmpty()) {
        tally.count(Tally.Group.FAULTS, "no tail was found to be killed");
      } else {
        statement.execute("KILL " + chance.of(tails));
      }
    } catch (SQLException e) {
      if (!MysqlError.isLostConnection(e) && e.getErrorCode() != MysqlError.NO_SUCH_THREAD) {
        findings.add(Findings.Kind.STUCK, "faults", "a tail could not be killed: " + e);
      }
    }
  }
}

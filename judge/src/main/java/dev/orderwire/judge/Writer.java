package dev.orderwire.judge;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application that writes: single statements and transactions of random length, some rolled
 * back, some held open while others commit. A deadlock and a lock wait that timed out it takes as
 * any application does, by beginning anew; every other failure of a write is a finding.
 */
final class Writer implements Runnable {
  /** A transaction. */
  @FunctionalInterface
  private interface Work {
    void in(Connection connection, Statement statement) throws SQLException, InterruptedException;
  }

  private final String name;
  private final Chance chance;
  private final Database database;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final int scale;
  private final Gates gates;
  private final Transfers transfers;

  private @Nullable Connection connection;
  private int livesAtConnect;
  private volatile boolean idle = true;

  Writer(
      int number,
      long seed,
      Database database,
      Phase phase,
      Findings findings,
      Tally tally,
      Gates gates,
      int scale) {
    this.name = "writer-" + number;
    this.chance = new Chance(seed, name);
    this.database = database;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
    this.gates = gates;
    this.scale = scale;
    this.transfers = new Transfers(chance, gates);
  }

  /** Whether nothing of its is under way. It stays so until the next load. */
  boolean isIdle() {
    return idle;
  }

  @Override
  public void run() {
    try {
      while (phase.awaitLoad()) {
        idle = false;
        try {
          while (phase.isLoading()) {
            transaction();
            phase.pause(Duration.ofMillis(chance.below(60) / Math.max(1, scale)));
          }
        } finally {
          idle = true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  private void transaction() throws InterruptedException {
    int kind = chance.below(100);
    if (chance.below(250) == 0) {
      int rows = chance.between(1_000, 3_000) * scale;
      run("very large statement", true, (_, statement) -> execute(statement, rows));
    } else if (kind < 35) {
      run("autocommit statement", true, (_, statement) -> execute(statement, 1));
    } else if (kind < 55) {
      run("transfer", false, (_, statement) -> transfers.some(statement));
    } else if (kind < 85) {
      run("transaction", false, this::severalStatements);
    } else if (kind < 92) {
      run("bulk statement", true, (_, statement) -> execute(statement, chance.between(20, 200)));
    } else if (kind < 97) {
      run("transaction held open", false, this::held);
    } else {
      disconnect();
    }
  }

  private void severalStatements(Connection open, Statement statement) throws SQLException {
    int statements = chance.between(1, 8);
    for (int i = 0; i < statements; i++) {
      if (chance.percent(20)) {
        Savepoint savepoint = open.setSavepoint();
        execute(statement, chance.between(1, 20));
        if (chance.percent(60)) {
          open.rollback(savepoint);
          tally.count(Tally.Group.WRITES, "rollback to a savepoint");
        }
      } else if (chance.percent(20)) {
        transfers.one(statement);
      } else {
        execute(statement, chance.percent(80) ? 1 : chance.between(2, 50));
      }
    }
  }

  private void held(Connection open, Statement statement)
      throws SQLException, InterruptedException {
    execute(statement, 1);
    phase.pause(Duration.ofMillis(chance.between(500, 6_000)));
    if (chance.percent(50)) {
      severalStatements(open, statement);
    }
  }

  private void execute(Statement statement, int rows) throws SQLException {
    WatchedTable table = chance.of(WatchedTables.ALL);
    WatchedTable.Sql sql = table.statement(chance, rows);
    if (!gates.enter(table.name())) {
      return;
    }
    try {
      tally.count(Tally.Group.WRITES, "rows changed", statement.executeUpdate(sql.text()));
    } catch (SQLException e) {
      if (!(sql.mayCollide() && e.getErrorCode() == MysqlError.DUPLICATE_KEY)) {
        throw new SQLException(
            e.getMessage() + " [" + shortened(sql.text()) + "]",
            e.getSQLState(),
            e.getErrorCode(),
            e);
      }
      tally.count(Tally.Group.WRITES, "own duplicate key");
    } finally {
      gates.leave(table.name());
    }
  }

  private void run(String kind, boolean autocommit, Work work) throws InterruptedException {
    boolean rollback = !autocommit && chance.percent(20);
    Connection open = connected();
    if (open == null) {
      return;
    }
    try (Statement statement = open.createStatement()) {
      open.setAutoCommit(autocommit);
      work.in(open, statement);
      if (rollback) {
        open.rollback();
      } else if (!autocommit) {
        open.commit();
      }
      tally.count(Tally.Group.WRITES, rollback ? kind + ", rolled back" : kind);
    } catch (Transfers.Missing e) {
      rollback(open);
    } catch (SQLException e) {
      failed(kind, open, e);
    }
  }

  private void failed(String kind, Connection open, SQLException e) {
    if (MysqlError.isOfTheApplication(e)) {
      tally.count(Tally.Group.WRITES, "deadlock or lock wait, tried again");
      rollback(open);
      return;
    }
    if (MysqlError.isLostConnection(e) && database.hasDiedSince(livesAtConnect)) {
      tally.count(Tally.Group.WRITES, "cut off by a MySQL that was killed");
    } else {
      findings.add(
          Findings.Kind.FAILED_WRITE,
          name,
          "%s: %d %s %s".formatted(kind, e.getErrorCode(), e.getSQLState(), e.getMessage()));
    }
    disconnect();
  }

  private void rollback(Connection open) {
    try {
      if (!open.getAutoCommit()) {
        open.rollback();
      }
    } catch (SQLException e) {
      disconnect();
    }
  }

  /** Null where there is no MySQL just now. */
  private @Nullable Connection connected() throws InterruptedException {
    if (connection != null) {
      return connection;
    }
    int lives = database.livesBegun();
    try {
      Connection opened = database.connectAsApplication();
      try (Statement statement = opened.createStatement()) {
        statement.execute(
            "SET time_zone = '" + chance.of(List.of("+00:00", "-03:30", "SYSTEM")) + "'");
        statement.execute("SET sql_mode = '" + chance.of(List.of("", "TRADITIONAL", "ANSI")) + "'");
        statement.execute(
            "SET SESSION TRANSACTION ISOLATION LEVEL "
                + chance.of(List.of("READ COMMITTED", "REPEATABLE READ")));
      }
      livesAtConnect = lives;
      connection = opened;
      return opened;
    } catch (SQLException e) {
      // A start takes some seconds; whoever is told to come back later is no failed write.
      phase.pause(Duration.ofMillis(300));
      return null;
    }
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // It is gone either way.
      }
    }
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}

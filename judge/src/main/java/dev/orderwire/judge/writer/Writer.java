package dev.orderwire.judge.writer;

import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MemberTable;
import dev.orderwire.judge.table.MysqlError;
import dev.orderwire.judge.table.TableLocks;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An application that writes: single statements and transactions of random length, some rolled
 * back, some held open while others commit. As every application must, it expects deadlocks and
 * lock wait timeouts; every other failure of a write is a finding.
 */
public final class Writer implements Runnable {
  /** The statements of a transaction. */
  @FunctionalInterface
  private interface Work {
    void run(Statement statement) throws SQLException, InterruptedException;
  }

  private final String name;
  private final SeededRandom random;
  private final Database database;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final int scale;
  private final TableLocks locks;
  private final Transfers transfers;
  private final SessionSettings settings;

  private @Nullable Connection connection;
  private int startsAtConnect;
  private volatile boolean idle = true;

  public Writer(
      int number,
      long seed,
      Database database,
      Phase phase,
      Findings findings,
      Tally tally,
      TableLocks locks,
      int scale) {
    this.name = "writer-" + number;
    this.random = new SeededRandom(seed, name);
    this.database = database;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
    this.locks = locks;
    this.scale = scale;
    this.transfers = new Transfers(random, locks);
    this.settings = new SessionSettings(random, tally);
  }

  /** Whether no transaction is in progress. Once true, it stays so until the next load. */
  public boolean isIdle() {
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
            phase.pause(Duration.ofMillis(random.below(60) / Math.max(1, scale)));
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
    int kind = random.below(100);
    if (random.below(250) == 0) {
      int rows = random.between(1_000, 3_000) * scale;
      run("very large statement", true, statement -> execute(statement, rows));
    } else if (kind < 35) {
      run("autocommit statement", true, statement -> execute(statement, 1));
    } else if (kind < 55) {
      run("transfer", false, transfers::several);
    } else if (kind < 85) {
      run("transaction", false, this::severalStatements);
    } else if (kind < 92) {
      run("bulk statement", true, statement -> execute(statement, random.between(20, 200)));
    } else if (kind < 97) {
      run("transaction held open", false, this::heldOpen);
    } else {
      disconnect();
    }
  }

  private void severalStatements(Statement statement) throws SQLException {
    int statements = random.between(1, 8);
    for (int i = 0; i < statements; i++) {
      if (random.percent(20)) {
        // By SQL: the driver quotes a name by the SQL mode that the session began with.
        statement.execute("SAVEPOINT s");
        execute(statement, random.between(1, 20));
        if (random.percent(60)) {
          statement.execute("ROLLBACK TO SAVEPOINT s");
          tally.count(Tally.Group.WRITES, "rollback to a savepoint");
        }
      } else if (random.percent(20)) {
        transfers.one(statement);
      } else {
        execute(statement, random.percent(80) ? 1 : random.between(2, 50));
      }
    }
  }

  private void heldOpen(Statement statement) throws SQLException, InterruptedException {
    execute(statement, 1);
    phase.pause(Duration.ofMillis(random.between(500, 6_000)));
    if (random.percent(50)) {
      severalStatements(statement);
    }
  }

  private void execute(Statement statement, int rows) throws SQLException {
    settings.maybeChange(statement);
    WatchedTable table = nextTable();
    WatchedTable.Sql sql = table.statement(random, rows);
    if (!locks.tryAcquire(table.name())) {
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
      tally.count(Tally.Group.WRITES, "duplicate key");
    } finally {
      locks.release(table.name());
    }
  }

  private WatchedTable nextTable() {
    WatchedTable table = random.pick(WatchedTables.ALL);
    // One change of a membership moves hundreds of rows.
    return table instanceof MemberTable && random.percent(80)
        ? random.pick(WatchedTables.ALTERED)
        : table;
  }

  private void run(String kind, boolean autocommit, Work work) throws InterruptedException {
    boolean rollback = !autocommit && random.percent(20);
    Connection open = connected();
    if (open == null) {
      return;
    }
    try (Statement statement = open.createStatement()) {
      open.setAutoCommit(autocommit);
      work.run(statement);
      if (rollback) {
        open.rollback();
      } else if (!autocommit) {
        open.commit();
      }
      tally.count(Tally.Group.WRITES, rollback ? kind + ", rolled back" : kind);
    } catch (Transfers.MissingAccount e) {
      rollback(open);
    } catch (SQLException e) {
      failed(kind, open, e);
    }
  }

  private void failed(String kind, Connection open, SQLException e) {
    if (MysqlError.isExpected(e)) {
      tally.count(Tally.Group.WRITES, "deadlock or lock wait timeout");
      rollback(open);
      return;
    }
    if (MysqlError.isLostConnection(e) && database.wasKilledSince(startsAtConnect)) {
      tally.count(Tally.Group.WRITES, "lost connection to a killed MySQL");
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

  /** The open connection; null while MySQL is down. */
  private @Nullable Connection connected() throws InterruptedException {
    if (connection != null) {
      return connection;
    }
    int starts = database.starts();
    try {
      Connection opened = database.connectAsApplication();
      try (Statement statement = opened.createStatement()) {
        settings.begin(statement);
      }
      startsAtConnect = starts;
      connection = opened;
      return opened;
    } catch (SQLException e) {
      // MySQL is starting. Nothing has been written, so this is not a failed write.
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
        // The connection is gone either way.
      }
    }
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}

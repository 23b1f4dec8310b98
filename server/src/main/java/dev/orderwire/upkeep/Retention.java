package dev.orderwire.upkeep;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Transaction;
import dev.orderwire.tail.Tail;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the change log's oldest rows, by their age or where the log is too large. Always the
 * first ones without a break; never the newest row, which says where the log ends; never one that
 * this server's tail has not passed on, nor one above an id that is still open. Each deletion
 * raises the {@link RetentionFloor}, by which whoever comes too late is told so.
 *
 * <p>All servers of a database may do this at the same time. It runs on a thread of its own, some
 * rows at a time.
 */
public final class Retention implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private static final int ROWS_AT_ONCE = 1_000;
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);

  /** The first round needs a connection, and while a server starts others are in a hurry. */
  private static final Duration BEFORE_THE_FIRST = Duration.ofSeconds(1);

  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(60);
  private static final long BYTES_PER_MEGABYTE = 1_000_000;

  private final Mysql mysql;
  private final Tail tail;
  private final long hours;
  private final long mostBytes;
  private final Duration betweenRounds;
  private final Worker worker = Worker.virtual("retention", this::run);

  private String trouble = "";

  /**
   * @param tail whose position says what has been passed on
   * @param hours how long a change is kept at the least; 0 for ever
   * @param megabytes how large the change log may be, about; 0 for any size
   */
  public Retention(Mysql mysql, Tail tail, long hours, long megabytes) {
    this(mysql, tail, hours, megabytes * BYTES_PER_MEGABYTE, BETWEEN_ROUNDS);
  }

  Retention(Mysql mysql, Tail tail, long hours, long mostBytes, Duration betweenRounds) {
    this.mysql = mysql;
    this.tail = tail;
    this.hours = hours;
    this.mostBytes = mostBytes;
    this.betweenRounds = betweenRounds;
  }

  /** Begins, unless all is to be kept for ever; once only. */
  public void start() {
    if (hours > 0 || mostBytes > 0) {
      worker.start();
    }
  }

  /** Ends it and waits for its end. */
  @Override
  public void close() {
    worker.stop();
  }

  private void run() throws InterruptedException {
    Thread.sleep(BEFORE_THE_FIRST);
    while (!worker.isStopping()) {
      round();
      Thread.sleep(betweenRounds);
    }
  }

  private void round() throws InterruptedException {
    try (Connection connection = mysql.open()) {
      long surplus = mostBytes > 0 ? LogSize.of(connection) - mostBytes : 0;
      OldestRows gone = delete(connection, surplus);
      while (!worker.isStopping() && gone.count() > 0) {
        surplus -= gone.bytes();
        Thread.sleep(BETWEEN_BATCHES);
        gone = delete(connection, surplus);
      }
      trouble = "";
    } catch (SQLException | OrderwireException e) {
      if (!worker.isStopping() && !Mysql.reason(e).equals(trouble)) {
        trouble = Mysql.reason(e);
        log.warn(
            "cannot delete old rows of the change log of {}: {}; its user needs SELECT, DELETE on {} and SELECT, INSERT, UPDATE on {}. It tries again in {} s",
            mysql.options(),
            trouble,
            ChangeLogTable.NAME,
            StateTable.NAME,
            betweenRounds.toSeconds());
      }
    }
  }

  /** Deletes some rows, and says which. */
  OldestRows delete(Connection connection, long surplus) throws SQLException {
    return Transaction.run(
        connection,
        () -> {
          long floor = RetentionFloor.lock(connection);
          long newest = LoggedIds.newestId(connection);
          // Asked before the epoch: a position of that epoch says nothing of a log made later.
          Position passed = tail.position();
          if (!passed.epoch().equals(ChangeLogTable.epoch(connection))) {
            return new OldestRows(0, 0, 0);
          }
          long highest = Math.min(settled(passed), newest - 1);
          OldestRows rows = OldestRows.find(connection, highest, hours, surplus, ROWS_AT_ONCE);
          if (rows.count() > 0) {
            remove(connection, rows);
            RetentionFloor.raise(connection, Math.max(floor, rows.last()));
          }
          return rows;
        });
  }

  private static long oldest(Connection connection) throws SQLException {
    return Query.list(
            connection, "SELECT MIN(id) FROM " + ChangeLogTable.NAME, row -> row.getLong(1))
        .getFirst();
  }

  /** The highest id up to which nothing is open. */
  private static long settled(Position position) {
    return position.gaps().isEmpty()
        ? position.head()
        : position.gaps().ranges().getFirst().first() - 1;
  }

  private static void remove(Connection connection, OldestRows rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Ends at their count: to see that it has passed the last one, MySQL would lock the next, and
      // wait where its transaction is open.
      statement.executeUpdate(
          "DELETE FROM %s WHERE id <= %d ORDER BY id LIMIT %d"
              .formatted(ChangeLogTable.NAME, rows.last(), rows.count()));
      // One that nobody has been given would otherwise go in the place of the last. There may have
      // been fewer: a canary deletes its own.
      if (oldest(connection) <= rows.last()) {
        throw new SQLException("the oldest rows are not those that were looked at a moment ago");
      }
    }
  }
}

package dev.orderwire.upkeep;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.Checkpoints;
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
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the oldest rows of the change log, by age or if the log is too large. It deletes from the
 * first row on without a break. It never deletes the newest row, which shows where the log ends,
 * nor a row that this server's tail has not delivered, nor a row above an open gap. Each deletion
 * raises the {@link RetentionFloor}, which shows later readers that their changes are gone. How old
 * a row is, it knows from {@link Checkpoints}.
 *
 * <p>All servers of a database may do this at the same time. It runs on a thread of its own, and
 * deletes a batch of rows at a time.
 */
public final class Retention implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  /** ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR. */
  private static final Set<Integer> DENIED = Set.of(1142, 1143);

  /** ER_OPTION_PREVENTS_STATEMENT, as of super_read_only; ER_READ_ONLY_MODE. */
  private static final Set<Integer> READ_ONLY = Set.of(1290, 1836);

  private static final int BATCH_ROWS = 1_000;
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);

  /** Leaves the connections to more urgent parts while a server starts. */
  private static final Duration START_DELAY = Duration.ofSeconds(1);

  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(60);
  private static final long BYTES_PER_MEGABYTE = 1_000_000;

  private final Mysql mysql;
  private final Tail tail;
  private final Duration age;
  private final long maxBytes;
  private final Duration betweenRounds;
  private final Worker worker = Worker.virtual("retention", this::run);

  private String lastError = "";

  /**
   * Creates it without starting it.
   *
   * @param tail its position says which changes were delivered
   * @param hours how long a change is kept at least; 0 means forever
   * @param megabytes the approximate size that the change log may have; 0 means any size
   */
  public Retention(Mysql mysql, Tail tail, long hours, long megabytes) {
    this(mysql, tail, Duration.ofHours(hours), megabytes * BYTES_PER_MEGABYTE, BETWEEN_ROUNDS);
  }

  Retention(Mysql mysql, Tail tail, Duration age, long maxBytes, Duration betweenRounds) {
    this.mysql = mysql;
    this.tail = tail;
    this.age = age;
    this.maxBytes = maxBytes;
    this.betweenRounds = betweenRounds;
  }

  /** Begins, unless neither age nor size is limited. Call it once. */
  public void start() {
    if (age.isPositive() || maxBytes > 0) {
      worker.start();
    }
  }

  /** Stops it and waits for its end. */
  @Override
  public void close() {
    worker.stop();
  }

  private void run() throws InterruptedException {
    Thread.sleep(START_DELAY);
    while (!worker.isStopping()) {
      round();
      Thread.sleep(betweenRounds);
    }
  }

  private void round() throws InterruptedException {
    try (Connection connection = mysql.open()) {
      long surplus = maxBytes > 0 ? LogSize.of(connection) - maxBytes : 0;
      OldestRows gone = delete(connection, surplus);
      while (!worker.isStopping() && gone.count() > 0) {
        surplus -= gone.bytes();
        Thread.sleep(BETWEEN_BATCHES);
        gone = delete(connection, surplus);
      }
      lastError = "";
    } catch (SQLException | OrderwireException e) {
      if (!worker.isStopping() && !mysql.isOutage(e) && !Mysql.reason(e).equals(lastError)) {
        lastError = Mysql.reason(e);
        log.warn(
            "Cannot delete old rows from the change log of {}: {}. {}. Retrying in {} s",
            mysql.options(),
            lastError,
            wayOut(e),
            betweenRounds.toSeconds());
      }
    }
  }

  private static String wayOut(Exception failure) {
    int code = failure instanceof SQLException e ? e.getErrorCode() : 0;
    if (DENIED.contains(code)) {
      return "The user needs SELECT, DELETE on %s and SELECT, INSERT, UPDATE on %s"
          .formatted(ChangeLogTable.NAME, StateTable.NAME);
    }
    return READ_ONLY.contains(code)
        ? "MySQL is read-only: the rows stay until it takes writes again"
        : "The rows stay meanwhile";
  }

  /** Deletes a batch of rows and returns it. */
  OldestRows delete(Connection connection, long surplus) throws SQLException {
    return Transaction.run(
        connection,
        () -> {
          long floor = RetentionFloor.lock(connection);
          long newest = LoggedIds.newestId(connection);
          // Read before the epoch, so that it cannot belong to a log that was created later.
          Position delivered = tail.position();
          String epoch = ChangeLogTable.epoch(connection);
          if (!delivered.epoch().equals(epoch)) {
            return new OldestRows(0, 0, 0);
          }
          long highest = Math.min(lastBelowGaps(delivered), newest - 1);
          long expired = age.isPositive() ? expired(connection, epoch, newest, floor) : 0;
          OldestRows rows = OldestRows.find(connection, highest, expired, surplus, BATCH_ROWS);
          if (rows.count() > 0) {
            remove(connection, rows);
            RetentionFloor.raise(connection, Math.max(floor, rows.last()));
          }
          return rows;
        });
  }

  /** The highest id that is old enough to be deleted; 0 if there is none. */
  private long expired(Connection connection, String epoch, long newest, long floor)
      throws SQLException {
    Checkpoints known = Checkpoints.lock(connection, epoch);
    Instant now = Checkpoints.now(connection);
    Checkpoints current = known.with(newest, now, age, floor);
    if (!current.equals(known)) {
      current.write(connection);
    }
    return current.highestOf(age, now);
  }

  private static long oldest(Connection connection) throws SQLException {
    return Query.list(
            connection, "SELECT MIN(id) FROM " + ChangeLogTable.NAME, row -> row.getLong(1))
        .getFirst();
  }

  /** The highest id at or below which a position has no gap. */
  static long lastBelowGaps(Position position) {
    return position.gaps().isEmpty()
        ? position.head()
        : position.gaps().ranges().getFirst().first() - 1;
  }

  private static void remove(Connection connection, OldestRows rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Limited by count: without a limit, MySQL would also lock the row after the last one, and
      // wait if that row's transaction is open.
      statement.executeUpdate(
          "DELETE FROM %s WHERE id <= %d ORDER BY id LIMIT %d"
              .formatted(ChangeLogTable.NAME, rows.last(), rows.count()));
      // If a row had become visible below the last one, it would have been deleted undelivered, and
      // the last one would still be there. Fewer rows are fine: a canary deletes its own.
      if (oldest(connection) <= rows.last()) {
        throw new SQLException("the oldest rows changed just before they were deleted");
      }
    }
  }
}

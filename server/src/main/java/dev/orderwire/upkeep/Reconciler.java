package dev.orderwire.upkeep;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.InstallState;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.AdvisoryLock;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.TableIds;
import dev.orderwire.tail.Tail;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what stands in the database as it should be while the server runs. Several times a second
 * it looks whether a watched table, its triggers or the change log are still those that it knows;
 * where they are not, it puts the triggers right, and then writes a reset row, which tells the
 * tails of all servers to have the table read anew. In this order, what a trigger that no longer
 * fitted has missed is in the snapshots that follow.
 *
 * <p>Every server does this, and at the same time: each step leaves things right, and who comes
 * second finds nothing to do. It runs on a thread of its own, and on a connection of its own.
 */
public final class Reconciler implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private static final long LOOK_EVERY_MILLIS = 200;

  /** Though nothing shows that anything was done. */
  private static final long CHECK_EVERY = Duration.ofSeconds(60).toNanos();

  /** Where not all tables are to be seen. */
  private static final long CHECK_BLINDLY_EVERY = Duration.ofSeconds(1).toNanos();

  private static final String SESSION = "SET SESSION group_concat_max_len = 16777216";
  private static final int NO_SUCH_TABLE = 1146;

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Mysql mysql;
  private final Capture capture;
  private final List<String> tables;
  private final List<String> looksAt;
  private final InstallOptions options;
  private final boolean repairs;
  private final Tail tail;
  private final Worker worker = Worker.virtual("reconciler", this::run);

  private volatile @Nullable String trouble;

  private final MarkerScan markers;
  private final ResetBackoff calm = new ResetBackoff();
  private final ProbeSchedule looks;

  /** What the last look saw after which all was as it should be; empty where it is not. */
  private Optional<String> known = Optional.empty();

  /** How many TRUNCATEs there had been at the last such look that saw all tables. */
  private String truncates = "";

  private long checked;

  /**
   * @param repairs whether it may change anything; otherwise it only says what is wrong
   */
  public Reconciler(
      Mysql mysql,
      Capture capture,
      List<String> tables,
      InstallOptions options,
      boolean repairs,
      Tail tail) {
    this.mysql = mysql;
    this.capture = capture;
    this.tables = List.copyOf(tables);
    this.looksAt = looksAt(tables, options);
    this.options = options;
    this.repairs = repairs;
    this.tail = tail;
    this.markers = new MarkerScan(tail);
    this.looks = new ProbeSchedule(tail.bell());
  }

  private static List<String> looksAt(List<String> tables, InstallOptions options) {
    List<String> all = new ArrayList<>(tables);
    if (options.canary()) {
      all.add(CanaryTable.NAME);
    }
    return List.copyOf(all);
  }

  /** Begins to look; once only. */
  public void start() {
    if (repairs) {
      tail.markers().answer();
    }
    worker.start();
  }

  /** What is wrong and could not be put right yet, with its cause. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /**
   * Has every watched table read anew: for a time nobody knows what was done to them.
   *
   * @param id of the change log; what was done after it is known again
   */
  public void readAllAnew(long id) {
    if (repairs) {
      tables.forEach(table -> tail.markers().note(table, id));
    } else {
      log.error(
          "changes of {} may be missing from the change log before its id {}, and as install.auto is false nobody is told: have the clients read anew",
          tables,
          id);
    }
  }

  /** Ends it and waits for its end. */
  @Override
  public void close() {
    worker.stop();
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      try (Connection connection = InstallSession.connect(mysql);
          Statement statement = connection.createStatement();
          SchemaProbe glance = new SchemaProbe(connection, looksAt)) {
        statement.execute(SESSION);
        known = Optional.empty();
        while (!worker.isStopping()) {
          if (looks.areDue(System.nanoTime()) || isUnsettled()) {
            look(connection, glance);
          }
          tail.markers().await(LOOK_EVERY_MILLIS);
        }
      } catch (SQLException e) {
        // The tail says so too, and where MySQL is away that is the one to be heard.
        log.debug("upkeep has lost its connection", e);
        LockSupport.parkNanos(Duration.ofMillis(LOOK_EVERY_MILLIS).toNanos());
      } catch (RuntimeException e) {
        // A defect of ours. Most likely in what changes under its eyes; without it nothing heals.
        log.error("upkeep failed, and begins anew", e);
        say("upkeep failed: " + e);
        LockSupport.parkNanos(Duration.ofMillis(LOOK_EVERY_MILLIS).toNanos());
      }
    }
  }

  /** Whether there is more to do, whatever else happens. */
  private boolean isUnsettled() {
    return known.isEmpty() || trouble != null || !tail.markers().isEmpty();
  }

  private void look(Connection connection, SchemaProbe glance) throws SQLException {
    // Before the glance, which then must see at least this.
    Position position = tail.position();
    Optional<SchemaProbe.Seen> glanced = glance.take();
    if (glanced.isEmpty()) {
      // Whatever else is asked for the tables would wait too, and keep others waiting.
      if (isUnsettled()) {
        say(
            "%s cannot be looked at: a watched table is locked, or an ALTER TABLE waits for it; goes on once it is free"
                .formatted(mysql.options()));
      }
      return;
    }
    SchemaProbe.Seen seen = glanced.get();
    if (repairs) {
      lookAtTheLogsEnd(connection, position, seen.newestId());
    }
    long now = System.nanoTime();
    long every = seen.isWhole() ? CHECK_EVERY : CHECK_BLINDLY_EVERY;
    if (isUnsettled() || isNew(seen) || now - checked >= every) {
      checked = now;
      putRight(connection, seen);
    }
    if (repairs && trouble == null) {
      markers.keep(connection);
    }
  }

  private boolean isNew(SchemaProbe.Seen seen) {
    return known.isPresent() && !known.get().equals(seen.signs());
  }

  /** A log that ends before what was read from it has lost rows. */
  private void lookAtTheLogsEnd(Connection connection, Position read, OptionalLong newestId)
      throws SQLException {
    if (newestId.isEmpty() || newestId.getAsLong() >= read.head()) {
      return;
    }
    try {
      if (ChangeLogTable.epoch(connection).equals(read.epoch())
          && LogIdentity.endIfLost(connection, read.head())) {
        log.warn("the change log of {} has lost its newest rows: it begins anew", mysql.options());
        known = Optional.empty();
      }
    } catch (OrderwireException e) {
      log.debug("the change log has no epoch yet", e);
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_TABLE) {
        throw e;
      }
    }
  }

  private void putRight(Connection connection, SchemaProbe.Seen seen) throws SQLException {
    try {
      Problems problems = new Problems();
      String counted = TableIds.truncateCount(connection);
      boolean emptied = seen.isWhole() && isNew(seen) && !counted.equals(truncates);
      InstallState state = capture.check(connection, tables, options, problems);
      if (repairs) {
        problems.collect(() -> {
          if (state.isComplete()) {
            repair(connection, state, emptied);
          } else {
            AdvisoryLock.run(connection, () -> repair(connection, checkAgain(connection), emptied));
          }
        });
      } else if (!state.isComplete()) {
        problems.add(
            ErrorCode.NOT_INSTALLED,
            "the change log or a trigger is missing or out of date in %s, and install.auto is false: run `orderwire install` (--print shows the SQL)."
                .formatted(mysql.options()));
      }
      problems.collect(() -> followTheLog(connection));
      problems.throwIfAny();
      if (seen.isWhole()) {
        truncates = counted;
      }
      known = Optional.of(seen.signs());
      fine();
    } catch (OrderwireException e) {
      say(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      if (!connection.isValid(1)) {
        throw e;
      }
      // Most likely a table that changed again while it was looked at, and is looked at again.
      say("%s cannot be put right: %s".formatted(mysql.options(), Mysql.reason(e)));
    }
  }

  /** What was found before the turn may be done by now. What is in the way was said then. */
  private InstallState checkAgain(Connection connection) throws SQLException {
    return capture.check(connection, tables, options, new Problems());
  }

  /** Returns what stood there as it should. */
  private List<String> repair(Connection connection, InstallState state, boolean emptied)
      throws SQLException {
    if (state.hasLog()) {
      markers.scan(connection);
    }
    Map<String, Long> due = due(connection, state, emptied);
    List<String> current =
        state.repair(connection, PATIENCE, due, made -> log.info("made {}", made));
    long time = System.nanoTime();
    due.forEach((table, marker) -> {
      calm.after(table, time);
      tail.markers().settled(table, marker);
    });
    return current;
  }

  private Map<String, Long> due(Connection connection, InstallState state, boolean emptied)
      throws SQLException {
    Map<String, Long> due = new HashMap<>();
    for (String name : state.tables()) {
      Long marker = tail.markers().all().get(name);
      if (marker != null && (!state.isComplete(name) || calm.allows(name, System.nanoTime()))) {
        due.put(name, marker);
      }
      if (emptied && TableIds.of(connection, name).isEmpty()) {
        due.put(name, Long.MAX_VALUE);
      }
    }
    return due;
  }

  private void followTheLog(Connection connection) throws SQLException {
    if (!ChangeLogTable.epoch(connection).equals(tail.position().epoch())) {
      tail.replaced();
    }
  }

  private void fine() {
    if (trouble != null) {
      log.info("{} is as it should be again", mysql.options());
      trouble = null;
    }
  }

  private void say(String what) {
    if (!what.equals(trouble)) {
      log.warn("{}", what);
      trouble = what;
    }
  }
}

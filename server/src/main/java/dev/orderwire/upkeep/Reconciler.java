package dev.orderwire.upkeep;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.InstallState;
import dev.orderwire.capture.ResetsDue;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.UnloggedChanges;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.AdvisoryLock;
import dev.orderwire.mysql.DdlCounts;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.TableIds;
import dev.orderwire.tail.Tail;
import dev.orderwire.upkeep.AlterationCounts.Alterations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the database as installed while the server runs. Several times a second it checks whether
 * the watched tables, their triggers and the change log have changed. If so, it repairs the
 * triggers and then writes a reset row, upon which the tails of all servers have the table read
 * again. In this order, the snapshots that follow contain the changes that an outdated trigger has
 * missed.
 *
 * <p>All servers of a database do this at the same time: each step leaves the database valid, and
 * the second server finds nothing to do. It has a thread and a connection of its own.
 */
public final class Reconciler implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private static final Duration CHECK_INTERVAL = Duration.ofMillis(200);

  /** The interval of full checks if the probe sees no change. */
  private static final long FULL_CHECK_INTERVAL = Duration.ofSeconds(60).toNanos();

  /** The interval of full checks while the probe cannot read all tables. */
  private static final long FULL_CHECK_INTERVAL_UNSEEN = Duration.ofSeconds(1).toNanos();

  private static final int NO_SUCH_TABLE = 1146;

  /**
   * ER_DBACCESS_DENIED_ERROR, ER_ACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, and for columns.
   */
  private static final Set<Integer> DENIED = Set.of(1044, 1045, 1142, 1143);

  private static final String WITHOUT_PRIVILEGES =
      ". Give the user back its privileges: `orderwire doctor` prints each GRANT. A trigger runs with them too: without TRIGGER, MySQL refuses every write to the watched tables, and without INSERT on the change log, nothing is logged";

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Mysql mysql;
  private final Capture capture;
  private final List<String> tables;
  private final List<String> probedTables;
  private final InstallOptions options;
  private final boolean repairs;
  private final Tail tail;
  private final Worker worker = Worker.virtual("reconciler", this::run);

  private volatile Consumer<Set<String>> uncaptured = _ -> {};
  private volatile @Nullable String problem;
  private volatile OptionalLong newestId = OptionalLong.empty();

  /** Whether this server knows of changes that went unlogged before it started. */
  private boolean readNote;

  /** Whether all tables are being reset, after which the note that changes are missing is void. */
  private volatile boolean resettingAll;

  private final SettledMarkers settledMarkers = new SettledMarkers();
  private final ResetBackoff backoff = new ResetBackoff();
  private final ProbeSchedule schedule;

  /**
   * What a check sees before it compares anything.
   *
   * @param counts read before the probe: MySQL counts a statement when it begins, and the probe
   *     sees nothing while one waits for a table
   */
  private record Sight(DdlCounts counts, SchemaProbe.Result probe) {
    boolean isLike(Sight other) {
      return probe.schema().equals(other.probe.schema())
          && counts.alters() == other.counts.alters();
    }
  }

  /** The last full check that left nothing to do; empty if there is none. */
  private Optional<Sight> settled = Optional.empty();

  private final RightsWatch rights = new RightsWatch();
  private final AlterationCounts alterations = new AlterationCounts();

  private long lastFullCheck;

  /**
   * Creates it without starting it.
   *
   * @param repairs whether it may change anything; otherwise it only reports problems
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
    this.probedTables = probedTables(tables, options);
    this.options = options;
    this.repairs = repairs;
    this.tail = tail;
    this.schedule = new ProbeSchedule(tail.doorbell());
  }

  private static List<String> probedTables(List<String> tables, InstallOptions options) {
    List<String> all = new ArrayList<>(tables);
    if (options.canary()) {
      all.add(CanaryTable.NAME);
    }
    return List.copyOf(all);
  }

  /**
   * Calls {@code listener} after each full check with the names of the watched tables of which
   * nothing can be known: they are missing, or were altered such that their changes are not
   * captured. On the reconciler's thread: it must not block. Before the start.
   */
  public void onUncaptured(Consumer<Set<String>> listener) {
    uncaptured = listener;
  }

  /** Begins to check. Call it once. */
  public void start() {
    if (repairs) {
      tail.markers().expectResets();
    }
    worker.start();
  }

  /** The problem that could not be repaired yet, with its cause. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** The newest id of the change log, as the last check saw it. */
  public OptionalLong newestId() {
    return newestId;
  }

  /**
   * Resets every watched table, since some of its changes may not have been logged.
   *
   * @param id from this id of the change log on, changes are logged again
   */
  public void resetAll(long id) {
    if (repairs) {
      resettingAll = true;
      tables.forEach(table -> tail.markers().add(table, id));
    } else {
      log.error(
          "The change log may lack changes of {} before its id {}, and the tables cannot be reset since install.auto is false. Have the clients start again with a snapshot",
          tables,
          id);
    }
  }

  /** Stops it and waits for its end. */
  @Override
  public void close() {
    worker.stop();
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      try (Connection connection = InstallSession.connect(mysql);
          SchemaProbe probe = new SchemaProbe(connection, probedTables)) {
        settled = Optional.empty();
        alterations.forget();
        while (!worker.isStopping()) {
          if (schedule.isDue(System.nanoTime()) || hasWork()) {
            check(connection, probe);
          }
          tail.markers().await(CHECK_INTERVAL.toMillis());
        }
      } catch (SQLException e) {
        // Not a warning: if MySQL is away, the tail warns.
        log.debug("The reconciler lost its connection", e);
        LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
      } catch (RuntimeException e) {
        // A defect, most likely at something that changed during a check. It goes on, since without
        // it nothing is repaired.
        log.error("The reconciler failed; retrying", e);
        report("the reconciler failed: " + e);
        LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
      }
    }
  }

  /** Whether there is something to do even if the probe sees no change. */
  private boolean hasWork() {
    return settled.isEmpty() || problem != null || !tail.markers().isEmpty();
  }

  private void check(Connection connection, SchemaProbe probe) throws SQLException {
    // Before the probe, which then must see at least this position.
    Position position = tail.position();
    DdlCounts counts = DdlCounts.read(connection);
    Optional<SchemaProbe.Result> result = probe.run();
    if (result.isEmpty()) {
      // No further statements: they would wait for the table too, and hold up other sessions.
      if (hasWork()) {
        report(
            "cannot check the tables of %s: a watched table is locked, or an ALTER TABLE waits for it; retrying until it is free"
                .formatted(mysql.options()));
      }
      return;
    }
    Sight seen = new Sight(counts, result.get());
    newestId = seen.probe().newestId();
    if (repairs) {
      checkLogEnd(connection, position, seen.probe().newestId());
    }
    long now = System.nanoTime();
    long interval = seen.probe().isComplete() ? FULL_CHECK_INTERVAL : FULL_CHECK_INTERVAL_UNSEEN;
    boolean changed = rights.isChanged(connection, now) || isChanged(seen);
    if (hasWork() || changed || now - lastFullCheck >= interval) {
      lastFullCheck = now;
      reconcile(connection, seen);
    }
    if (repairs && problem == null) {
      settledMarkers.save(connection, tail);
    }
  }

  private boolean isChanged(Sight seen) {
    return settled.filter(before -> !before.isLike(seen)).isPresent();
  }

  /** A log that ends below the tail's position has lost rows. */
  private void checkLogEnd(Connection connection, Position read, OptionalLong newestId)
      throws SQLException {
    if (newestId.isEmpty() || newestId.getAsLong() >= read.head()) {
      return;
    }
    try {
      if (ChangeLogTable.epoch(connection).equals(read.epoch())
          && LogIdentity.endIfLost(connection, read.head())) {
        log.warn(
            "The change log of {} has lost its newest rows: starting a new epoch, with a reset of all tables",
            mysql.options());
        settled = Optional.empty();
      }
    } catch (OrderwireException e) {
      log.debug("The change log has no epoch yet", e);
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_TABLE) {
        throw e;
      }
    }
  }

  private void reconcile(Connection connection, Sight seen) throws SQLException {
    try {
      Problems problems = new Problems();
      // Counted anew: what ran after the counts were read may show in the probe.
      Alterations since = alterations.since(seen.probe(), DdlCounts.read(connection));
      InstallState state = capture.check(connection, tables, options, problems);
      if (repairs) {
        RefusedTables.hold(connection, tables, state, tail.markers());
      }
      uncaptured.accept(RefusedTables.uncaptured(connection, tables, state, tail.markers()));
      if (repairs) {
        problems.collect(() -> {
          if (state.isComplete()) {
            repair(connection, state, since);
          } else {
            AdvisoryLock.run(connection, () -> repair(connection, recheck(connection), since));
          }
          alterations.repaired(seen.probe(), seen.counts());
        });
      } else if (!state.isComplete()) {
        problems.add(
            ErrorCode.NOT_INSTALLED,
            "the change log or a trigger is missing or out of date in %s, and install.auto is false: run `orderwire install` (--print shows the SQL)."
                .formatted(mysql.options()));
      }
      problems.collect(() -> checkEpoch(connection));
      problems.throwIfAny();
      settled = Optional.of(seen);
      clearProblem();
    } catch (OrderwireException e) {
      report(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      if (!connection.isValid(1)) {
        throw e;
      }
      // Most likely a table that changed again during the check; the next check sees it.
      report(
          "cannot check or repair %s: %s%s"
              .formatted(
                  mysql.options(),
                  Mysql.reason(e),
                  DENIED.contains(e.getErrorCode()) ? WITHOUT_PRIVILEGES : ""));
    }
  }

  /**
   * Another server may have repaired everything before this one got the lock. Problems were
   * collected by the first check.
   */
  private InstallState recheck(Connection connection) throws SQLException {
    return capture.check(connection, tables, options, new Problems());
  }

  /** Returns what was in place already. */
  private List<String> repair(Connection connection, InstallState state, Alterations since)
      throws SQLException {
    if (state.hasLog() && !readNote) {
      readNote = true;
      if (UnloggedChanges.epoch(connection).filter(tail.position().epoch()::equals).isPresent()) {
        resetAll(Long.MAX_VALUE);
      }
    }
    boolean clearsNote = resettingAll;
    Map<String, Long> due = dueResets(connection, state, since);
    ResetsDue resets = new ResetsDue(due, since.atMostOne());
    List<String> current =
        state.repair(connection, PATIENCE, resets, created -> log.info("Created {}", created));
    long time = System.nanoTime();
    due.forEach((table, marker) -> {
      backoff.recordReset(table, time);
      tail.markers().remove(table, marker);
    });
    if (clearsNote && tail.markers().isEmpty()) {
      resettingAll = false;
      UnloggedChanges.clear(connection);
    }
    return current;
  }

  private Map<String, Long> dueResets(Connection connection, InstallState state, Alterations since)
      throws SQLException {
    Map<String, Long> due = new HashMap<>();
    for (String name : state.tables()) {
      Long marker = tail.markers().all().get(name);
      if (marker != null && (!state.isComplete(name) || backoff.allows(name, System.nanoTime()))) {
        due.put(name, marker);
      }
      if (since.mayBeHidden() && TableIds.of(connection, name).isEmpty()) {
        due.put(name, Long.MAX_VALUE);
      }
    }
    return due;
  }

  private void checkEpoch(Connection connection) throws SQLException {
    if (!ChangeLogTable.epoch(connection).equals(tail.position().epoch())) {
      tail.reopen();
    }
  }

  private void clearProblem() {
    if (problem != null) {
      log.info("The installation in {} is in order again", mysql.options());
      problem = null;
    }
  }

  private void report(String cause) {
    if (!cause.equals(problem)) {
      log.warn("{}", cause);
      problem = cause;
    }
  }
}

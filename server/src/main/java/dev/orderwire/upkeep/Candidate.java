package dev.orderwire.upkeep;

import dev.orderwire.changelog.LeadState;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.LeadLock;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Lead;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads, or waits to lead. One process at a time leads: it holds a lock in MySQL, on the connection
 * over which its tail reads, and shows once a second that it works. When its session ends, MySQL
 * gives the lock to the next one. A leader that hangs is found by its beats: another candidate ends
 * its session.
 */
public final class Candidate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Candidate.class);

  private static final int WAIT_SECONDS = 1;
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  /** A leader that has not shown for this long that it works, hangs. */
  private static final Duration HANGS_AFTER = Duration.ofSeconds(6);

  /** A killed session may keep its lock: then the next leader goes on without it. */
  private static final Duration KEEPS_LOCK_FOR = Duration.ofSeconds(2);

  /** A tail that has not read for this long, hangs. A following one reads about once a second. */
  private static final Duration TAIL_HANGS_AFTER = Duration.ofSeconds(5);

  /**
   * How long a leader may repair a change log that its tail cannot read, before another process
   * tries. Repairs of busy tables take long, and a new leader begins them anew.
   */
  private static final Duration REPAIRS_WITHIN = Duration.ofMinutes(2);

  /** What a process does while it leads. */
  public interface Office {
    /** The process leads. A leader whose duties cannot be begun resigns. */
    AutoCloseable begin();
  }

  private final Mysql mysql;
  private final Tail tail;
  private final String node;
  private final Office office;
  private final Worker worker = Worker.virtual("candidate", this::run);

  /** The lead as it was seen last, and since when it has been so; for the worker's thread. */
  private Optional<LeadState> seen = Optional.empty();

  private long seenSince = System.nanoTime();

  private volatile Optional<LeadState> known = Optional.empty();

  /**
   * Creates it without starting it.
   *
   * @param tail leads with this process
   * @param node the name of this process, for people
   */
  public Candidate(Mysql mysql, Tail tail, String node, Office office) {
    this.mysql = mysql;
    this.tail = tail;
    this.node = node;
    this.office = office;
  }

  public void start() {
    worker.start();
  }

  /** Who leads, as far as this process knows. */
  public Optional<LeadState> leader() {
    return known;
  }

  private void run() throws InterruptedException {
    boolean warned = false;
    while (!worker.isStopping()) {
      Connection holder = null;
      try {
        holder = mysql.openForPreparedStatements();
        if (waitForLead(holder)) {
          Connection mine = holder;
          holder = null; // The tail closes it.
          lead(mine);
        }
        warned = false;
      } catch (SQLException | RuntimeException e) {
        if (!warned && !worker.isStopping() && !mysql.isOutage(e)) {
          warned = true;
          log.warn("Cannot find out who leads: {}; retrying", Mysql.reason(e));
        }
        Thread.sleep(RETRY);
      } finally {
        close(holder);
      }
    }
  }

  /** Waits until this session holds the lock; false if the process stops. */
  private boolean waitForLead(Connection holder) throws SQLException {
    boolean deposed = false;
    while (!worker.isStopping()) {
      if (LeadLock.take(holder, WAIT_SECONDS)) {
        return true;
      }
      Optional<LeadState> now = LeadState.read(holder);
      known = now;
      long hangs = System.nanoTime() - seenSince;
      if (!now.equals(seen)) {
        seen = now;
        seenSince = System.nanoTime();
        deposed = false;
      } else if (deposed && hangs > HANGS_AFTER.plus(KEEPS_LOCK_FOR).toNanos()) {
        // Its term has ended with the next one, and nothing that it publishes counts.
        log.warn("The session of the leader keeps its lock: leading without it");
        return true;
      } else if (!deposed && hangs > HANGS_AFTER.toNanos()) {
        depose(holder);
        deposed = true;
      }
    }
    return false;
  }

  private void depose(Connection holder) throws SQLException {
    OptionalLong session = LeadLock.holder(holder);
    if (session.isPresent()) {
      log.warn(
          "The leader{} has not shown for {} s that it works: ending its session",
          seen.map(lead -> " " + lead.node()).orElse(""),
          HANGS_AFTER.toSeconds());
      LeadLock.end(holder, session.getAsLong());
    }
  }

  private void lead(Connection holder) throws SQLException, InterruptedException {
    LeadState state;
    try {
      state = LeadState.begin(holder, node);
    } catch (SQLException | RuntimeException e) {
      close(holder);
      throw e;
    }
    known = Optional.of(state);
    log.info("Leads from now on, term {}", state.term());
    Lead mine = new Lead(holder, state.term());
    Instant begun = Instant.now();
    tail.lead(mine);
    try (AutoCloseable _ = office.begin()) {
      while (tail.leads(mine) && !worker.isStopping()) {
        Thread.sleep(BEAT);
        if (isTailAlive(begun) && !beat(state)) {
          break;
        }
      }
    } catch (SQLException | RuntimeException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the duties of the leader did not end", e);
    } finally {
      // Ends the tail's read, and so its lead.
      Mysql.abort(holder);
      if (!worker.isStopping()) {
        log.info("Leads no more, term {}", state.term());
      }
    }
  }

  private boolean isTailAlive(Instant begun) {
    return switch (tail.status()) {
      case TailStatus.Following(Instant lastRead) -> isWithin(TAIL_HANGS_AFTER, lastRead);
      case TailStatus.Behind(Instant _, long _, Instant lastProgress) ->
          isWithin(TAIL_HANGS_AFTER, lastProgress);
      case TailStatus.Waiting(String _, Instant since) ->
          isWithin(REPAIRS_WITHIN, since.isAfter(begun) ? since : begun);
    };
  }

  private static boolean isWithin(Duration time, Instant since) {
    return since.plus(time).isAfter(Instant.now());
  }

  /** Whether no other process leads, as far as can be known. */
  private boolean beat(LeadState state) {
    try (Connection connection = mysql.connect()) {
      Optional<LeadState> beaten = state.beat(connection);
      beaten.ifPresent(newest -> known = Optional.of(newest));
      return beaten.isPresent();
    } catch (SQLException | RuntimeException e) {
      log.debug("Cannot show that this leader works", e);
      return true;
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        log.debug("Failed to close a connection", e);
      }
    }
  }

  @Override
  public void close() {
    worker.stop();
  }
}

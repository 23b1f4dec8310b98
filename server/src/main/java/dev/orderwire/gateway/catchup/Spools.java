package dev.orderwire.gateway.catchup;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.view.View;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current snapshots. Each is read once, by its own virtual thread, for all clients that ask for
 * the view while it is being read or shortly after. The thread waits only for MySQL, so slow
 * clients do not keep MySQL's consistent read open. Safe for any number of threads.
 */
final class Spools {
  private static final Logger LOG = LoggerFactory.getLogger(Spools.class);

  /** How long a finished snapshot stays for later clients. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** How often new clients extend that time: thousands need several seconds to connect. */
  private static final int MAX_LINGERS = 10;

  /** A snapshot is stale for new clients after so many moments. */
  private static final long MAX_MOMENTS = 1_000;

  private static final Duration RETRY = Duration.ofMillis(250);

  private final Source source;
  private final Blocking blocking;
  private final Limits limits;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Failures failures;
  private final SpoolRoom room;
  private final Map<View, Spool> newest = new HashMap<>();

  Spools(
      Source source,
      Blocking blocking,
      Limits limits,
      GatewayOptions options,
      Traffic traffic,
      Failures failures) {
    this.source = source;
    this.blocking = blocking;
    this.limits = limits;
    this.options = options;
    this.traffic = traffic;
    this.failures = failures;
    this.room = SpoolRoom.of(options);
  }

  /**
   * A reader of a current or recent snapshot of the view. Does not wait.
   *
   * @param identity for whom it is read, if it is not read already; null for nobody in particular
   * @param there whether the reader's client is still there
   * @throws Spool.FailedException if that identity has too many snapshots
   */
  Spool.Reader join(View view, @Nullable Identity identity, BooleanSupplier there) {
    Runnable done;
    Spool created;
    Spool.Reader reader;
    synchronized (this) {
      Spool known = newest.get(view);
      reader = known == null || !isFresh(known, view) ? null : known.reader(there);
      if (reader != null) {
        return reader;
      }
      done = begin(identity);
      created = new Spool(new SpoolStore(room, SpoolRoom.ofOne(options)));
      reader = created.reader(there);
      newest.put(view, created);
    }
    if (reader == null) {
      throw new IllegalStateException("a new spool has ended");
    }
    try {
      blocking.startUnbounded(() -> new Read(view, created, done).run());
    } catch (OrderwireException e) {
      reader.close();
      drop(view, created);
      done.run();
      throw e;
    }
    return reader;
  }

  private Runnable begin(@Nullable Identity identity) {
    try {
      return limits.snapshot(identity);
    } catch (OrderwireException e) {
      throw new Spool.FailedException(e);
    }
  }

  /** Whether the feed has all changes after the snapshot, and the table was not reset. */
  private boolean isFresh(Spool spool, View view) {
    Position at = spool.position();
    return at == null || (isRecent(at) && !source.catalog().isVoid(view.table(), at));
  }

  private boolean isRecent(Position at) {
    long end = source.feed().end().cursor();
    return source
        .feed()
        .placeOf(at)
        .filter(place -> end - place.cursor() <= MAX_MOMENTS)
        .isPresent();
  }

  private void drop(View view, Spool spool) {
    synchronized (this) {
      newest.remove(view, spool);
    }
    spool.release();
  }

  /** Reads the rows of one view to their end. */
  private final class Read {
    private final View view;
    private final Runnable done;
    private Spool spool;

    /**
     * @param done is run, perhaps twice, when nothing more is read
     */
    Read(View view, Spool spool, Runnable done) {
      this.view = view;
      this.spool = spool;
      this.done = done;
    }

    void run() {
      try {
        readWithRetries();
      } catch (GoneException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError e) {
        Throwable told = e instanceof OrderwireException known ? PublicError.of(view, known) : e;
        spool.end(failures.failed(Use.of(Resource.ROWS, view), told));
      } finally {
        done.run();
        drop(view, spool);
      }
    }

    /** Starts over while the table is being altered, unless its new shape makes another view. */
    private void readWithRetries() {
      long deadline =
          System.nanoTime() + Duration.ofSeconds(options.limit(Limit.ALTERED_SECONDS)).toNanos();
      while (true) {
        try {
          if (read()) {
            done.run();
            linger();
          }
          return;
        } catch (TableAlteredException e) {
          if (System.nanoTime() > deadline) {
            throw e;
          }
          LOG.info("A snapshot starts over: {}", e.getMessage());
          if (!startOver()) {
            return;
          }
          Blocking.pause(RETRY);
          Optional<Table> now = source.catalog().table(view.table().name());
          if (!now.equals(Optional.of(view.table()))) {
            // A new shape is another view.
            return;
          }
        }
      }
    }

    private void linger() {
      long before = 0;
      for (int i = 0; i < MAX_LINGERS && spool.readersSoFar() > before; i++) {
        before = spool.readersSoFar();
        Blocking.pause(LINGER);
      }
    }

    /** Reads the snapshot. Returns false if it stopped early because all readers left. */
    private boolean read() {
      try (SpoolWriter writer = new SpoolWriter(view, spool, limits, options)) {
        boolean wanted =
            blocking.inSnapshotTurn(() -> {
              if (!spool.endIfUnwanted()) {
                read(writer);
              }
              return !spool.endIfUnwanted();
            });
        if (!wanted) {
          return false;
        }
        writer.finish();
        served();
        return true;
      }
    }

    private void served() {
      Use use = Use.of(Resource.ROWS, view);
      failures.served(use);
      traffic.serves(use.with(Resource.SNAPSHOTS_FOLDER));
      if (spool.usesDisk()) {
        traffic.serves(Use.of(Resource.SNAPSHOTS_FOLDER));
      }
    }

    private void read(SpoolWriter writer) {
      traffic.snapshotRead();
      source
          .snapshots()
          .read(
              view.table(),
              view.prefilter(),
              null,
              source.feed().end().position(),
              options.intLimit(Limit.PAGE_ROWS),
              writer);
    }

    /**
     * Ends the spool if its readers may have rows, which are no longer valid. Readers without rows
     * stay.
     *
     * @return false if another thread reads the view by now
     */
    private boolean startOver() {
      if (spool.position() == null) {
        return true;
      }
      Spool old = spool;
      Spool next = new Spool(new SpoolStore(room, SpoolRoom.ofOne(options)));
      synchronized (Spools.this) {
        if (!newest.replace(view, old, next)) {
          return false;
        }
      }
      spool = next;
      old.release();
      return true;
    }
  }
}

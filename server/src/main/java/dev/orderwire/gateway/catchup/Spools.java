package dev.orderwire.gateway.catchup;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that are under way. Each is read once, by a virtual thread of its own that waits
 * for nobody but MySQL, for all who ask for the view while it is being read and shortly after:
 * however many they are and however slowly they take it, MySQL's consistent read is open no longer
 * than MySQL itself needs. For any number of threads.
 */
final class Spools {
  private static final Logger LOG = LoggerFactory.getLogger(Spools.class);

  /** How long a finished one is there for those who come a little later. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** How often that is, at the most, while they do: a herd of many thousands takes some seconds. */
  private static final int MOST_LINGERS = 10;

  /** A snapshot that so many moments have followed is not worth having any more. */
  private static final long MOST_MOMENTS = 1_000;

  private static final Duration RETRY = Duration.ofMillis(250);

  private final Source source;
  private final Blocking blocking;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final SpoolRoom room;
  private final Semaphore readers;
  private final Map<View, Spool> newest = new HashMap<>();

  Spools(Source source, Blocking blocking, GatewayOptions options, Traffic traffic) {
    this.source = source;
    this.blocking = blocking;
    this.options = options;
    this.traffic = traffic;
    this.room = SpoolRoom.of(options);
    this.readers = new Semaphore(options.intLimit(Limit.SNAPSHOTS), true);
  }

  /** A seat at the rows of a view as they are now, or were a moment ago; at once. */
  Spool.Seat join(View view) {
    Spool begun;
    Spool.Seat seat;
    synchronized (this) {
      Spool known = newest.get(view);
      seat = known == null || !isFresh(known, view) ? null : known.seat();
      if (seat != null) {
        return seat;
      }
      begun = new Spool(new SpoolStore(room, SpoolRoom.ofOne(options)));
      seat = begun.seat();
      newest.put(view, begun);
    }
    if (seat == null) {
      throw new IllegalStateException("a new spool is not over");
    }
    try {
      blocking.think(() -> new Reading(view, begun).run());
    } catch (OrderwireException e) {
      seat.close();
      drop(view, begun);
      throw e;
    }
    return seat;
  }

  /** Whether the feed still goes on from there, and nothing has made it void since. */
  private boolean isFresh(Spool spool, View view) {
    Position at = spool.position();
    return at == null || (isRecent(at) && !source.catalog().isVoid(view.table(), at));
  }

  private boolean isRecent(Position at) {
    long end = source.feed().end().cursor();
    return source
        .feed()
        .placeOf(at)
        .filter(place -> end - place.cursor() <= MOST_MOMENTS)
        .isPresent();
  }

  private void drop(View view, Spool spool) {
    synchronized (this) {
      newest.remove(view, spool);
    }
    spool.letGo();
  }

  /** One view's rows, read until they are there as a whole. */
  private final class Reading {
    private final View view;
    private Spool spool;

    Reading(View view, Spool spool) {
      this.view = view;
      this.spool = spool;
    }

    void run() {
      try {
        readPatiently();
      } catch (GoneException e) {
        throw e;
      } catch (OrderwireException e) {
        LOG.warn("A snapshot of {} could not be read: {}", view.table().name(), e.getMessage());
        spool.end(e);
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("A snapshot of {} could not be read", view.table().name(), e);
        spool.end(PublicError.of(e));
      } finally {
        drop(view, spool);
      }
    }

    /** A table that is altered meanwhile is waited for, as long as it can be the same view. */
    private void readPatiently() {
      long deadline =
          System.nanoTime() + Duration.ofSeconds(options.limit(Limit.ALTERED_SECONDS)).toNanos();
      while (true) {
        try {
          if (read()) {
            linger();
          }
          return;
        } catch (TableAlteredException e) {
          if (System.nanoTime() > deadline) {
            throw e;
          }
          LOG.info("A snapshot begins anew: {}", e.getMessage());
          if (!beginAnew()) {
            return;
          }
          Blocking.pause(RETRY);
          Optional<Table> now = source.catalog().table(view.table().name());
          if (!now.equals(Optional.of(view.table()))) {
            // In its new shape it is another view.
            return;
          }
        }
      }
    }

    private void linger() {
      long before = 0;
      for (int i = 0; i < MOST_LINGERS && spool.comers() > before; i++) {
        before = spool.comers();
        Blocking.pause(LINGER);
      }
    }

    /** Whether it came to the end, and was not left by all. */
    private boolean read() {
      try (SpoolWriter writer = new SpoolWriter(view, spool, options)) {
        Blocking.inTurn(
            readers,
            () ->
                blocking.inTurn(() -> {
                  read(writer);
                  return true;
                }));
        if (!spool.goesOn()) {
          return false;
        }
        writer.finish();
        return true;
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
     * What was given out is void; those who have none of it may stay.
     *
     * @return false where others read the same by now
     */
    private boolean beginAnew() {
      if (spool.position() == null) {
        return true;
      }
      Spool old = spool;
      Spool anew = new Spool(new SpoolStore(room, SpoolRoom.ofOne(options)));
      synchronized (Spools.this) {
        if (!newest.replace(view, old, anew)) {
          return false;
        }
      }
      spool = anew;
      old.letGo();
      return true;
    }
  }
}

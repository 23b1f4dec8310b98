package dev.orderwire.tail;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far the tail has come if a read takes long: a read that works through hundreds of
 * thousands of changes is no read that stands still. Long reads in a row count as one backlog. One
 * thread reads; any thread may ask.
 */
final class ReadProgress {
  /** A shorter read is no backlog. */
  private static final long LONG = Duration.ofSeconds(1).toNanos();

  private static final long BETWEEN_NOTES = Duration.ofMillis(100).toNanos();

  private volatile TailStatus.@Nullable Behind behind;
  private Instant since = Instant.EPOCH;
  private long began;
  private long noted;
  private long rows;

  Optional<TailStatus.Behind> behind() {
    return Optional.ofNullable(behind);
  }

  /** A read begins. */
  void begin() {
    began = System.nanoTime();
    noted = began;
    if (behind == null) {
      since = Instant.now();
      rows = 0;
    }
  }

  /** The read has come to another row. */
  void row() {
    rows++;
    long now = System.nanoTime();
    if (now - began >= LONG && now - noted >= BETWEEN_NOTES) {
      note(now);
    }
  }

  /** The read has come to its end. */
  void end() {
    long now = System.nanoTime();
    if (now - began < LONG) {
      behind = null;
    } else {
      note(now);
    }
  }

  /** The read has failed, or its result is of no use. */
  void forget() {
    behind = null;
  }

  private void note(long now) {
    noted = now;
    behind = new TailStatus.Behind(since, rows, Instant.now());
  }
}

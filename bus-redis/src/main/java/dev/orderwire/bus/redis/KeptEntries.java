package dev.orderwire.bus.redis;

import dev.orderwire.bus.BusRecord;

/**
 * How many entries the stream may keep: the newest {@value #MOST}, or as many as have {@value
 * #MOST_BYTES} bytes together, whichever is less. The sizes of the entries that this process has
 * published in its term are known; older entries count with the average of these. For one thread at
 * a time.
 */
final class KeptEntries {
  static final int MOST = 100_000;
  static final long MOST_BYTES = 64L << 20;

  /** What an entry takes in Redis besides its body, about. */
  private static final int OVERHEAD = 32;

  private final int[] sizes = new int[MOST];
  private int next;
  private int known;
  private long bytes;

  /** Whether all entries that still count are known. */
  private boolean complete;

  private StreamId newest = StreamId.ZERO;

  /**
   * Counts a record that is about to be published, once.
   *
   * @return how many entries the stream may have with it, at least 1
   */
  int with(BusRecord added) {
    StreamId id = StreamId.of(added);
    if (id.compareTo(newest) > 0) {
      if (id.term() != newest.term()) {
        forget();
      }
      newest = id;
      add(added.body().length + OVERHEAD);
    }
    return complete ? known : (int) Math.min(MOST, known + (MOST_BYTES - bytes) * known / bytes);
  }

  /** Others may have published since the last term. */
  private void forget() {
    known = 0;
    bytes = 0;
    complete = false;
  }

  private void add(int size) {
    if (known == MOST) {
      dropOldest();
    }
    sizes[next] = size;
    next = (next + 1) % MOST;
    known++;
    bytes += size;
    while (bytes > MOST_BYTES && known > 1) {
      dropOldest();
    }
  }

  private void dropOldest() {
    bytes -= sizes[Math.floorMod(next - known, MOST)];
    known--;
    complete = true;
  }
}

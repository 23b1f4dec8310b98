package dev.orderwire.gateway.limits;

import dev.orderwire.gateway.protocol.Limit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of answers that wait in memory until their clients take them: of all clients, and of
 * each address and identity that has any. One answer always fits, or a large one never would. Safe
 * for any number of threads.
 */
final class Untaken {
  private final long most;
  private final long mostOfOne;
  private final Map<Object, Long> ofEach = new HashMap<>();
  private long ofAll;

  Untaken(long most, long mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  /**
   * Counts bytes for some addresses and identities, unless they are too many.
   *
   * @return the limit that they would exceed; null if they are counted
   */
  synchronized @Nullable Limit add(List<Object> parties, long bytes) {
    for (Object party : parties) {
      if (!fits(ofEach.getOrDefault(party, 0L), bytes, mostOfOne)) {
        return Limit.CLIENT_UNTAKEN_BYTES;
      }
    }
    if (!fits(ofAll, bytes, most)) {
      return Limit.UNTAKEN_BYTES;
    }
    ofAll += bytes;
    parties.forEach(party -> ofEach.merge(party, bytes, Long::sum));
    return null;
  }

  private static boolean fits(long untaken, long bytes, long most) {
    return untaken == 0 || bytes <= most - untaken;
  }

  /** Ends {@link #add}. */
  synchronized void remove(List<Object> parties, long bytes) {
    ofAll -= bytes;
    for (Object party : parties) {
      long left = ofEach.getOrDefault(party, 0L) - bytes;
      if (left == 0) {
        ofEach.remove(party);
      } else {
        ofEach.put(party, left);
      }
    }
  }
}

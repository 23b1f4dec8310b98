package dev.orderwire.ops;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The gateway's half of the canary: tells when a change has passed all event loops. */
public interface DeliveryProbe {
  /**
   * Asks every event loop to pass a cursor of the feed. Safe for any number of threads.
   *
   * @return one future for each event loop, completed once the loop has served its live
   *     subscriptions up to the cursor, or those are too slow for it; never completed if the loop
   *     hangs
   */
  List<CompletableFuture<Void>> passing(long cursor);
}

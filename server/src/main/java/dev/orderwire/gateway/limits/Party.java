package dev.orderwire.gateway.limits;

import io.github.bucket4j.Bucket;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An address or an identity, and what it takes. Safe for any number of threads.
 *
 * @see Parties
 */
final class Party {
  final Object key;
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger snapshots = new AtomicInteger();
  final @Nullable Bucket openings;
  final @Nullable Bucket requests;
  private final @Nullable Rate explained;
  private @Nullable Bucket explanations;

  /** How many hold it. For {@link Parties}. */
  int holders;

  /**
   * @param explained how many refused connections are told why; null for an identity, whose
   *     connections all are
   */
  Party(
      Object key, @Nullable Bucket openings, @Nullable Bucket requests, @Nullable Rate explained) {
    this.key = key;
    this.openings = openings;
    this.requests = requests;
    this.explained = explained;
  }

  /** Whether one more refused connection is told why. Few parties ever need that bucket. */
  synchronized boolean takeExplanation() {
    if (explanations == null) {
      explanations = Rate.ofOneThread(explained);
    }
    return Rate.take(explanations);
  }
}

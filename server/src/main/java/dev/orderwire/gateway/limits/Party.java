package dev.orderwire.gateway.limits;

import dev.orderwire.presence.Counted;
import io.github.bucket4j.Bucket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An address or an identity, and what it takes. Safe for any number of threads.
 *
 * @see Parties
 */
final class Party implements Counted {
  /** What is known of other servers counts for so long. */
  private static final long CURRENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  final Object key;
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger snapshots = new AtomicInteger();
  final @Nullable Bucket openings;
  final @Nullable Bucket requests;
  private final @Nullable Rate explained;
  private final long mostConnections;
  private volatile int elsewhere;
  private volatile long elsewhereAt;
  private @Nullable Bucket explanations;

  /** How many hold it. For {@link Parties}. */
  int holders;

  /**
   * @param mostConnections on all servers together
   * @param explained how many refused connections are told why; null for an identity, whose
   *     connections all are
   */
  Party(
      Object key,
      long mostConnections,
      @Nullable Bucket openings,
      @Nullable Bucket requests,
      @Nullable Rate explained) {
    this.key = key;
    this.mostConnections = mostConnections;
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

  @Override
  public String name() {
    return key instanceof AddressBlock block
        ? Counted.address(block.toString())
        : Counted.identity(key.toString());
  }

  @Override
  public int here() {
    return connections.get();
  }

  @Override
  public int elsewhere(int others) {
    elsewhere = others;
    elsewhereAt = System.nanoTime();
    return Math.clamp((long) here() + others - mostConnections, 0, Integer.MAX_VALUE);
  }

  /** Its connections on all servers, as far as they are known. */
  long everywhere() {
    boolean isCurrent = System.nanoTime() - elsewhereAt < CURRENT_NANOS;
    long others = isCurrent ? elsewhere : 0;
    return here() + others;
  }

  /** Whether it has more connections than it may have. */
  boolean hasTooMany() {
    return everywhere() > mostConnections;
  }
}

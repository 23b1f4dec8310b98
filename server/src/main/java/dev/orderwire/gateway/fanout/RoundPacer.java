package dev.orderwire.gateway.fanout;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rest between two rounds in which an event loop gives out what is new. A round costs one call
 * of the kernel's for each watcher, however much it brings. So where rounds bring more than one
 * moment anyway, or others wait to be caught up, fewer and fuller rounds leave more of the machine
 * to everybody: those who write, who read, and who wait. A round that brings a single moment while
 * nobody waits is followed by no rest. Lives on the event loop, except where it says so.
 */
public final class RoundPacer {
  // Both by measurement: docs/performance.md, "Rounds that rest".

  /** A rest is no more than so many times as long as the round before it. */
  private static final int MOST_ROUNDS = 2;

  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(100);

  /** Less is not worth a timer. */
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);

  private final Ticker ticker;
  private final AtomicInteger waiting = new AtomicInteger();
  private long began;
  private long until;

  RoundPacer(Ticker ticker) {
    this.ticker = ticker;
    this.until = ticker.nanoTime();
  }

  /** Somebody waits to be caught up, until {@link #catchUpEnded}. For any thread. */
  public void catchUpStarted() {
    waiting.incrementAndGet();
  }

  /** For any thread. */
  public void catchUpEnded() {
    waiting.decrementAndGet();
  }

  /** In how many nanoseconds the next round may begin; 0 where it may now. */
  long left() {
    long left = until - ticker.nanoTime();
    return left < SHORTEST ? 0 : left;
  }

  void beginRound() {
    began = ticker.nanoTime();
  }

  /**
   * @param moments how many it has brought, of the whole feed
   * @param watchers how many subscriptions there are on the event loop
   */
  void endRound(long moments, int watchers) {
    long now = ticker.nanoTime();
    until = now + rest(now - began, moments, watchers);
  }

  /**
   * In proportion to the round, and to the share of the sends that so many moments to a round can
   * save or, where that is more, to the share of those who wait.
   */
  private long rest(long round, long moments, int watchers) {
    double saved = moments > 1 ? 1 - 1.0 / moments : 0;
    int others = waiting.get();
    double waits = others > 0 ? (double) others / (others + watchers) : 0;
    return Math.min(LONGEST, (long) (MOST_ROUNDS * round * Math.max(saved, waits)));
  }
}

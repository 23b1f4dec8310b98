package dev.orderwire.gateway.fanout;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Paces the rounds in which an event loop sends new changes. A round costs one system call for each
 * subscription, however many changes it sends. If rounds send several moments anyway, or clients
 * wait to be caught up, then fewer and fuller rounds leave more CPU time to other work. No pause
 * follows a round of a single moment while no client waits. For the event loop, except where noted.
 */
public final class RoundPacer {
  /** The longest pause, in durations of the round before it. Found by measurement. */
  private static final int MAX_ROUNDS = 2;

  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(100);

  /** A shorter pause is not worth a timer. */
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);

  private final Ticker ticker;
  private final AtomicInteger waiting = new AtomicInteger();
  private long began;
  private long until;

  RoundPacer(Ticker ticker) {
    this.ticker = ticker;
    this.until = ticker.nanoTime();
  }

  /** A client is being caught up, until {@link #catchUpEnded}. For any thread. */
  public void catchUpStarted() {
    waiting.incrementAndGet();
  }

  /** For any thread. */
  public void catchUpEnded() {
    waiting.decrementAndGet();
  }

  /** The nanoseconds until the next round may begin; 0 if it may now. */
  long left() {
    long left = until - ticker.nanoTime();
    return left < SHORTEST ? 0 : left;
  }

  void beginRound() {
    began = ticker.nanoTime();
  }

  /**
   * @param moments how many moments of the feed it sent
   * @param subscriptions how many live subscriptions the event loop has
   */
  void endRound(long moments, int subscriptions) {
    long now = ticker.nanoTime();
    until = now + pauseAfter(now - began, moments, subscriptions);
  }

  /**
   * Proportional to the round's time, and to the share of sends that a round of so many moments
   * saves, or to the share of clients that wait, if that is larger.
   */
  private long pauseAfter(long round, long moments, int subscriptions) {
    double saved = moments > 1 ? 1 - 1.0 / moments : 0;
    int others = waiting.get();
    double waits = others > 0 ? (double) others / (others + subscriptions) : 0;
    return Math.min(LONGEST, (long) (MAX_ROUNDS * round * Math.max(saved, waits)));
  }
}

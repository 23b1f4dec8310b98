package dev.orderwire.gateway.fanout;

import java.util.concurrent.atomic.AtomicInteger;

/** Tells whether new changes are being sent to clients. Safe for any number of threads. */
public final class Rounds {
  private final AtomicInteger due = new AtomicInteger();

  /** An event loop has new changes to send. It calls {@link #done} after its next round. */
  void due() {
    due.incrementAndGet();
  }

  /** An event loop has sent the changes that were due. */
  void done() {
    due.decrementAndGet();
  }

  /** Whether an event loop has new changes to send. */
  public boolean areDue() {
    return due.get() > 0;
  }
}

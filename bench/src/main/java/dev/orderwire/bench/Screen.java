package dev.orderwire.bench;

import java.io.IOException;

/** Someone who looks at all orders, and is kept up to date. */
sealed interface Screen extends AutoCloseable permits Dashboard, Poller {
  /** Sent and received so far. */
  long bytes();

  /** Whether the server compresses what it sends here. */
  boolean compressed();

  /**
   * Returns when it has seen so many changes; at once where it sees states and not changes.
   *
   * @throws IllegalStateException where it does not
   */
  void awaitChanges(int changes) throws InterruptedException;

  @Override
  void close() throws IOException;
}

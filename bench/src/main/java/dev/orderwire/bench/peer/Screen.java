package dev.orderwire.bench.peer;

import java.io.IOException;

/** A client that shows all orders and keeps them up to date. */
public sealed interface Screen extends AutoCloseable permits WebSocketScreen, PollingScreen {
  /** The bytes sent and received so far. */
  long bytes();

  /** Whether the server compresses what it sends to this screen. */
  boolean compressed();

  /**
   * Waits for so many changes. Returns at once if this screen receives lists instead of changes.
   *
   * @throws IllegalStateException if fewer or more changes arrived, or the screen has failed
   */
  void awaitChanges(int changes) throws InterruptedException;

  @Override
  void close() throws IOException;
}

package dev.orderwire.gateway.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Futures that wait for an event loop to pass a cursor. For one thread. */
final class CursorWaits {
  private record Wait(long cursor, CompletableFuture<Void> passed) {}

  private final List<Wait> waiting = new ArrayList<>();

  void add(long cursor, CompletableFuture<Void> passed) {
    waiting.add(new Wait(cursor, passed));
  }

  /** Completes the futures up to a cursor. */
  void passed(long upTo) {
    waiting.removeIf(each -> {
      boolean done = upTo >= each.cursor();
      if (done) {
        each.passed().complete(null);
      }
      return done;
    });
  }
}

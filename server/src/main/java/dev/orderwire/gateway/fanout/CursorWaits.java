package dev.orderwire.gateway.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Those who wait for an event loop to come past a cursor. For one thread. */
final class CursorWaits {
  private record Passing(long cursor, CompletableFuture<Void> passed) {}

  private final List<Passing> waiting = new ArrayList<>();

  void add(long cursor, CompletableFuture<Void> passed) {
    waiting.add(new Passing(cursor, passed));
  }

  /** Completes those whose cursor was passed. */
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

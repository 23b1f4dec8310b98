package dev.orderwire.gateway;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is new for the connections of one event loop: handed over by the thread that reads the
 * change log, and taken by the loop, so that whom a moment concerns and that it is known go
 * together.
 */
final class News {
  /**
   * What was new.
   *
   * @param upTo up to where that is known
   * @param concerned whom it concerns
   */
  record Taken(Known upTo, Set<Watchers> concerned) {}

  private Set<Watchers> concerned = new LinkedHashSet<>();
  private Known upTo;

  News(Known upTo) {
    this.upTo = upTo;
  }

  synchronized void add(Known newest, List<Watchers> whom) {
    upTo = newest;
    concerned.addAll(whom);
  }

  synchronized Taken take() {
    Taken taken = new Taken(upTo, concerned);
    concerned = new LinkedHashSet<>();
    return taken;
  }
}

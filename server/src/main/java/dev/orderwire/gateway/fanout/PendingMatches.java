package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.match.MatchedUpTo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is new for the connections of one event loop: handed over by the thread that reads the
 * change log, and taken by the loop, so that whom a moment concerns and that it is known go
 * together.
 */
final class PendingMatches {
  /**
   * What was new.
   *
   * @param upTo up to where that is known
   * @param concerned whom it concerns
   */
  record Taken(MatchedUpTo upTo, Set<ViewSubscriptions> concerned) {}

  private Set<ViewSubscriptions> concerned = new LinkedHashSet<>();
  private MatchedUpTo upTo;

  PendingMatches(MatchedUpTo upTo) {
    this.upTo = upTo;
  }

  synchronized void add(MatchedUpTo newest, List<ViewSubscriptions> whom) {
    upTo = newest;
    concerned.addAll(whom);
  }

  synchronized Taken take() {
    Taken taken = new Taken(upTo, concerned);
    concerned = new LinkedHashSet<>();
    return taken;
  }
}

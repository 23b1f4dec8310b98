package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.match.MatchedUpTo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Hands the matches of new moments from the tail's thread to one event loop: how far the feed was
 * matched, together with the views concerned. Safe for any number of threads.
 */
final class PendingMatches {
  /**
   * The matches since the last call.
   *
   * @param upTo how far the feed was matched
   * @param concerned the views of this event loop that the moments concern
   */
  record Taken(MatchedUpTo upTo, Set<ViewSubscriptions> concerned) {}

  private Set<ViewSubscriptions> concerned = new LinkedHashSet<>();
  private MatchedUpTo upTo;

  PendingMatches(MatchedUpTo upTo) {
    this.upTo = upTo;
  }

  synchronized void add(MatchedUpTo newest, List<ViewSubscriptions> views) {
    upTo = newest;
    concerned.addAll(views);
  }

  synchronized Taken take() {
    Taken taken = new Taken(upTo, concerned);
    concerned = new LinkedHashSet<>();
    return taken;
  }
}

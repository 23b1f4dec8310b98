package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a view may see, and what its rows show: another identity, another claim or a
 * lookup may have come between. For one thread at a time.
 */
final class Standing {
  /** After so many heartbeats, the servers follow the database closely enough. */
  private static final int SURE_AFTER = 2;

  private Sight sight;

  /** What the client could see when it received its rows and position. */
  private Sight ofRows;

  private boolean resetDue;
  private int policyResetsExplained;
  private boolean moved;

  /** The mark of the positions before the rows move; null where none are about to move. */
  private @Nullable String markBeforeMove;

  /** Whether the set of a lookup may move rows before the next heartbeat. */
  private boolean moveByLookupDue;

  /** How many heartbeats had a position since the client subscribed or renewed its token. */
  private int heartbeats;

  Standing(Sight sight) {
    this.sight = sight;
    this.ofRows = sight;
  }

  /** What the client may see. */
  Sight sight() {
    return sight;
  }

  /** What the client could see when it received its rows and position. */
  Sight ofRows() {
    return ofRows;
  }

  /** Whether the client may see something else than its rows show: a reset must come first. */
  boolean isResetDue() {
    return resetDue;
  }

  /** Whether the client may see something else than its rows show, and changes will move them. */
  boolean isMoveDue(ReceivedPosition position) {
    return moveByLookupDue || position.mark().equals(markBeforeMove);
  }

  /**
   * Whether rows came and went without a change of their own since the last snapshot or round: then
   * only the rows can be checked.
   */
  boolean hasMoved() {
    return moved || sight.hasLookup();
  }

  /**
   * The client subscribes.
   *
   * @param resumes whether from a position
   */
  void subscribing(Sight now, boolean resumes) {
    sight = now;
    heartbeats = 0;
    markBeforeMove = null;
    moveByLookupDue = false;
    resetDue = resumes && mustDiffer(now, ofRows);
    policyResetsExplained = resumes && !now.rights().equals(ofRows.rights()) ? 1 : 0;
  }

  /** The client sends a token with which it may see this. */
  void renewing(Sight next) {
    if (!next.rights().equals(sight.rights())) {
      policyResetsExplained++;
    }
  }

  /**
   * From here on the client may see this.
   *
   * @param hasBegun whether the client has a part of the view already
   * @param position of its rows; null while they are not complete
   */
  void renewed(Sight now, boolean hasBegun, @Nullable ReceivedPosition position) {
    moveByLookupDue = hasBegun && (now.hasLookup() || sight.hasLookup());
    // Also with a token by which no lookup decides any more.
    moved |= moveByLookupDue;
    if (hasBegun && mustDiffer(now, sight)) {
      if (position == null) {
        resetDue = true;
      } else {
        markBeforeMove = position.mark();
        moved = true;
      }
    }
    sight = now;
    heartbeats = 0;
  }

  /** A heartbeat has a position. */
  void heartbeat() {
    heartbeats++;
    moveByLookupDue = false;
  }

  /**
   * Whether the set of a lookup may still be newer than the position: it is when the client
   * subscribes or renews its token.
   */
  boolean isLookupNewer() {
    return heartbeats < SURE_AFTER;
  }

  /** Two claims may have equal sets of a lookup: then nothing moves. */
  private static boolean mustDiffer(Sight now, Sight before) {
    return !now.showsSameAs(before) && !now.hasLookup() && !before.hasLookup();
  }

  /** The client returns to rows that it saw then. */
  void restored(Sight then) {
    ofRows = then;
  }

  /** The client has rows and a position; while rows move, it is that of what it saw before. */
  void received(ReceivedPosition position) {
    if (!position.mark().equals(markBeforeMove)) {
      markBeforeMove = null;
      ofRows = sight;
    }
  }

  /**
   * Takes note of a reset with the reason {@code policy}; returns whether something explains it.
   */
  boolean explainsPolicyReset() {
    return --policyResetsExplained >= 0 || sight.asksLookup();
  }

  void reset() {
    resetDue = false;
    markBeforeMove = null;
    moveByLookupDue = false;
  }

  /** All deliveries so far have been checked, or are void. */
  void deliveriesBegin() {
    moved = false;
  }
}

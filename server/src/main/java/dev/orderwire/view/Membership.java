package dev.orderwire.view;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;

/**
 * The sets of values, looked up in other tables, that a {@link Scope} was made of. Safe for any
 * number of threads.
 */
public interface Membership {
  /** Of scopes without such sets: nothing changes it. */
  Membership NONE =
      new Membership() {
        @Override
        public boolean isFixed() {
          return true;
        }

        @Override
        public boolean changesAt(long sequence) {
          return false;
        }

        @Override
        public boolean holdsAt(Position position) {
          return true;
        }
      };

  /** Whether nothing ever changes it. */
  default boolean isFixed() {
    return false;
  }

  /** Whether this one and another always change at the same moments, and are equal after each. */
  default boolean changesWith(Membership other) {
    return isFixed() && other.isFixed();
  }

  /** Whether a moment of the feed changes one of the sets. */
  boolean changesAt(long sequence);

  /**
   * Whether the sets are the same after the feed has passed a position. Waits for the feed.
   *
   * @throws OrderwireException {@code lookup_unavailable} if that takes too long
   */
  boolean holdsAt(Position position);
}

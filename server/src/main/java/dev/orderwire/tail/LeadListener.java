package dev.orderwire.tail;

import dev.orderwire.change.Position;

/** Learns when the tail leads. Called on the tail's thread. */
public interface LeadListener {
  /** For a tail that never leads. */
  LeadListener NONE =
      new LeadListener() {
        @Override
        public void begins(long term, Position from) {
          // Never called.
        }

        @Override
        public void ends() {
          // Never called.
        }
      };

  /**
   * What the tail delivers after this position, it has read itself.
   *
   * @param term the number of the lead
   */
  void begins(long term, Position from);

  /** The tail no longer leads. */
  void ends();
}

package dev.orderwire.feed;

/** Tells whether the changes of a table reach the change log. Calls block. For any thread. */
public interface CaptureCheck {
  /** What captures the changes of a table. */
  enum State {
    /** It is there, and fits the table. */
    SOUND,
    /** It is missing, or does not fit the table: changes may not be logged. */
    BROKEN,
    /** It could not be checked. */
    UNKNOWN
  }

  /** The state for a watched table now. */
  State of(String table);
}

package dev.orderwire.gateway.explain;

import java.util.Locale;

/**
 * One step of the way of a row to a client.
 *
 * @param sentence what is so at this step
 */
record Step(Part part, Outcome outcome, String sentence) {
  /** The steps, in their order. */
  enum Part {
    /** Whether the table is watched. */
    WATCHED,
    /** Whether its triggers log its changes. */
    TRIGGERS,
    /** The row's changes in the change log. */
    LOGGED,
    /** Whether the server has read the newest of them. */
    READ,
    /** Whether the table has the row now. */
    ROW,
    /** Whether the policy lets the client see the row. */
    POLICY,
    /** Whether the row matches the condition that the client asks for. */
    WHERE,
    /** What the newest change is for the client. */
    CHANGE,
    /** Whether the client's subscriptions got it. */
    SENT
  }

  /** Whether the row passes a step. */
  enum Outcome {
    PASSES,
    STOPS,
    /** It cannot be known, or the step does not apply. */
    UNKNOWN
  }

  /** A name in the answer. */
  static String text(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }
}

package dev.orderwire.tail;

import java.time.Instant;

/** What the tail is doing. */
public sealed interface TailStatus {
  /** It reads; {@code lastRead} is when it last read to the end of the change log. */
  record Following(Instant lastRead) implements TailStatus {}

  /**
   * It works through a backlog: its reads take seconds.
   *
   * @param since when the first of these reads began
   * @param changes how many changes they have read so far
   * @param lastProgress when they last came to another change
   */
  record Behind(Instant since, long changes, Instant lastProgress) implements TailStatus {}

  /** It has been unable to read since {@code since}, because of {@code cause}, and retries. */
  record Waiting(String cause, Instant since) implements TailStatus {}
}

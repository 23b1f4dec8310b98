package dev.orderwire.feed;

import dev.orderwire.change.Column;
import java.math.BigDecimal;
import java.util.List;

/**
 * A condition that a database may use to read fewer rows. The view decides which rows it shows; a
 * prefilter only narrows, so a reader may ignore any part of it. A reader that uses a part must
 * find every row that the part describes.
 */
public sealed interface Prefilter {
  /** Every row. */
  record All() implements Prefilter {}

  /**
   * Rows whose column equals a number, a date or a time.
   *
   * @param number a date or time by its digits, {@code 20261122100000.5} for {@code
   *     2026-11-22T10:00:00.5}, in UTC for TIMESTAMP; a TIME in seconds
   */
  record EqualNumber(Column column, BigDecimal number) implements Prefilter {}

  /** Rows whose column equals a text, compared by code points. */
  record EqualText(Column column, String text) implements Prefilter {}

  /** Rows whose column is NULL. */
  record IsNull(Column column) implements Prefilter {}

  /** Rows that all parts describe; every row if there are no parts. */
  record And(List<Prefilter> parts) implements Prefilter {
    public And {
      parts = List.copyOf(parts);
    }
  }

  /** Rows that any part describes; no row if there are no parts. */
  record Or(List<Prefilter> parts) implements Prefilter {
    public Or {
      parts = List.copyOf(parts);
    }
  }

  /** Every row. */
  Prefilter ALL = new All();
}

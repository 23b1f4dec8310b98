package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import java.time.Instant;
import java.util.List;

/**
 * Receives what the tail reads, on the tail's thread: while a call blocks, nothing is delivered.
 */
public interface MomentListener {
  /**
   * A step from one consistent state of the database to the next, or a part of one. Calls come in
   * order, one at a time.
   *
   * @param changes by rising id; empty if the step only closes gaps, or only completes an earlier
   *     part
   * @param resets the tables that must be read again, in their new shapes
   * @param position everything seen, these changes included
   * @param complete false if the step goes on with the next call
   * @param notBefore none of the changes was visible before, by this machine's clock
   */
  void onMoment(
      List<Change> changes,
      List<TableVersion> resets,
      Position position,
      boolean complete,
      Instant notBefore);

  /**
   * Earlier moments say nothing about what follows: the change log was replaced, or it lost changes
   * before they were read.
   *
   * @param position what counts as seen from here on
   * @param tables all watched tables, the default one first; all of them must be read again
   */
  void onRestart(Position position, List<TableVersion> tables);

  /** Passes everything on to two others, in this order. */
  static MomentListener both(MomentListener first, MomentListener second) {
    return new MomentListener() {
      @Override
      public void onMoment(
          List<Change> changes,
          List<TableVersion> resets,
          Position position,
          boolean complete,
          Instant notBefore) {
        first.onMoment(changes, resets, position, complete, notBefore);
        second.onMoment(changes, resets, position, complete, notBefore);
      }

      @Override
      public void onRestart(Position position, List<TableVersion> tables) {
        first.onRestart(position, tables);
        second.onRestart(position, tables);
      }
    };
  }
}

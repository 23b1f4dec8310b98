package dev.orderwire.gateway.explain;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Op;
import dev.orderwire.change.Position;
import dev.orderwire.change.UtcTime;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.RowHistory.Found;
import dev.orderwire.gateway.explain.Explanation.LoggedChange;
import dev.orderwire.gateway.explain.Explanation.Progress;
import dev.orderwire.gateway.explain.Step.Outcome;
import dev.orderwire.gateway.explain.Step.Part;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The steps from the table to the server.
 *
 * @param newest the newest committed change
 * @param position what the server has read
 * @param held whether the server holds back the changes of the table
 * @param drifted whether the row is not what its newest change left
 */
record LogSteps(
    String table,
    CaptureCheck.State capture,
    Found found,
    List<LoggedChange> changes,
    Optional<LoggedChange> newest,
    Position position,
    boolean held,
    boolean drifted) {

  List<Step> steps() {
    Step watched =
        new Step(Part.WATCHED, Outcome.PASSES, "The table \"%s\" is watched.".formatted(table));
    return List.of(watched, triggers(), logged(), read(), row());
  }

  private Step triggers() {
    return switch (capture) {
      case SOUND -> new Step(Part.TRIGGERS, Outcome.PASSES, "Its triggers log its changes.");
      case BROKEN ->
          new Step(
              Part.TRIGGERS,
              Outcome.STOPS,
              "A trigger of the table is missing, or does not fit the table or its definer: changes may not be logged. `orderwire doctor` names it.");
      case UNKNOWN ->
          new Step(Part.TRIGGERS, Outcome.UNKNOWN, "Its triggers could not be checked.");
    };
  }

  private Step logged() {
    if (changes.isEmpty()) {
      return new Step(
          Part.LOGGED,
          Outcome.UNKNOWN,
          (found.all()
                  ? "The change log has no change of this row"
                  : String.format(
                      Locale.ROOT,
                      "The newest %,d entries of the change log have no change of this row",
                      found.searched()))
              + (found.row() == null ? "." : ", so there is nothing to send: snapshots show it."));
    }
    LoggedChange last = changes.getFirst();
    if (last.progress() == Progress.UNCOMMITTED) {
      return new Step(
          Part.LOGGED,
          Outcome.STOPS,
          "The transaction of %s is open: nobody sees the change before its COMMIT%s."
              .formatted(
                  text(last),
                  position.gaps().contains(last.id())
                      ? ". The server has read beyond its id, and keeps it as a gap"
                      : ""));
    }
    if (drifted) {
      return new Step(
          Part.LOGGED,
          Outcome.STOPS,
          "The table does not have the row as %s left it: something has changed the row unlogged, such as a write while a trigger was missing, a foreign key that cascades, or TRUNCATE."
              .formatted(text(last)));
    }
    if (found.change() == null) {
      return new Step(
          Part.LOGGED,
          Outcome.UNKNOWN,
          "The trigger could not log the row of %s. Once a server has repaired it, clients get a reset and the rows."
              .formatted(text(last)));
    }
    return new Step(
        Part.LOGGED,
        Outcome.PASSES,
        "The change log has " + changes.stream().map(LogSteps::text).collect(joining("; ")) + ".");
  }

  private static String text(LoggedChange change) {
    return "change %d (%s) of %s"
        .formatted(change.id(), change.op().text(), UtcTime.text(change.at()));
  }

  private Step read() {
    if (held) {
      return new Step(
          Part.READ,
          Outcome.STOPS,
          "The server holds back the changes of this table until it is read anew, since a trigger could not log one of them.");
    }
    if (newest.isEmpty()) {
      return new Step(Part.READ, Outcome.UNKNOWN, "There is no committed change to read.");
    }
    LoggedChange last = newest.get();
    return switch (last.progress()) {
      case READ ->
          new Step(
              Part.READ, Outcome.PASSES, "The server has read change %d.".formatted(last.id()));
      case GAP ->
          new Step(
              Part.READ,
              Outcome.STOPS,
              "The server has read beyond change %d, whose transaction was open then, and will find it at once. If it does not, /health tells why."
                  .formatted(last.id()));
      case UNREAD, UNCOMMITTED ->
          new Step(
              Part.READ,
              Outcome.STOPS,
              "The server has not read change %d yet, only changes up to %d. If that stays so, /health tells why."
                  .formatted(last.id(), position.head()));
    };
  }

  private Step row() {
    if (found.key() == null) {
      return new Step(
          Part.ROW,
          Outcome.UNKNOWN,
          "The row was not looked up: the client does not know its key, and no change that was found tells it.");
    }
    if (found.row() != null) {
      return new Step(Part.ROW, Outcome.PASSES, "The table has the row.");
    }
    return new Step(
        Part.ROW,
        Outcome.STOPS,
        newest
            .filter(last -> last.op() == Op.DELETE)
            .map(last ->
                "The table does not have the row: change %d deleted it.".formatted(last.id()))
            .orElse("The table does not have a row with this key, as far as it is committed."));
  }
}

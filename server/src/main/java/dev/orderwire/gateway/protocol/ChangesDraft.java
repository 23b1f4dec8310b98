package dev.orderwire.gateway.protocol;

import dev.orderwire.change.Position;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code changes} message that is being written. It costs nothing until a change is added. */
public final class ChangesDraft {
  private final View view;
  private final boolean withActor;
  private final List<Instant> times = new ArrayList<>();
  private @Nullable Draft draft;

  public ChangesDraft(View view, boolean withActor) {
    this.view = view;
    this.withActor = withActor;
  }

  public static ChangesDraft of(View view, GatewayOptions options) {
    return new ChangesDraft(view, options.showsActor(view));
  }

  /**
   * Adds a change.
   *
   * @param notBefore the change was not visible before
   */
  public void add(ViewChange change, Instant notBefore) {
    if (draft == null) {
      draft = start();
    }
    times.add(change.at().isBefore(notBefore) ? notBefore : change.at());
    Json.change(draft.json(), change, withActor);
  }

  private Draft start() {
    Draft started = new Draft(Frame.CHANGES);
    started.json().writeStringProperty("view", view.id());
    started.json().writeName("changes");
    started.json().writeStartArray();
    return started;
  }

  public boolean isEmpty() {
    return draft == null;
  }

  /** The bytes written so far. */
  public int size() {
    return draft == null ? 0 : draft.size();
  }

  /**
   * When the changes were made, or could be seen at the earliest if that is later: a writer can set
   * its clock back.
   */
  public List<Instant> times() {
    return times;
  }

  /**
   * Ends the message, even if no change was added.
   *
   * @param complete false if the moment continues in the next message
   */
  public Frame finish(Position position, boolean complete) {
    return finish(view.textOf(position), complete);
  }

  /** Ends a message with the text of a position, as {@link #finish(Position, boolean)}. */
  public Frame finish(String position, boolean complete) {
    Draft finished = draft == null ? start() : draft;
    draft = null;
    finished.json().writeEndArray();
    if (!complete) {
      finished.json().writeBooleanProperty("more", true);
    }
    return finished.finish(position);
  }

  public void discard() {
    if (draft != null) {
      draft.discard();
      draft = null;
    }
  }
}

package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.gateway.catchup.DifferingRows.Result;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.view.Conflation;
import dev.orderwire.view.MarkedPosition;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves one client from the rows that it was allowed to see to those that it is allowed to see now:
 * what it gains comes as inserts, what it loses goes as deletes, in one moment. The client then
 * goes on from its own place in the feed.
 */
final class MoveDelivery {
  private final ClientState.Moved moved;
  private final Outlet outlet;
  private final CatchUp.Tools tools;
  private final View before;
  private final View after;

  MoveDelivery(ClientState.Moved moved, Outlet outlet, CatchUp.Tools tools) {
    this.moved = moved;
    this.outlet = outlet;
    this.tools = tools;
    this.before = moved.before();
    this.after = outlet.view();
  }

  /**
   * Sends what the client gains and loses, and lets it follow the feed.
   *
   * @return null, or what the client has instead: rows that must be read again
   */
  @Nullable ClientState send() {
    if (after.hasRowsOf(before)) {
      send(Map.of());
      return null;
    }
    Result result =
        tools.differing().read(before, after, moved.position(), outlet.identity(), outlet::isOpen);
    return switch (result) {
      case Result.Reset(ResetReason reason) -> new ClientState.Outdated(reason);
      case Result.Known(Map<Key, Row> rows, int bytes) -> {
        // The client may take its time.
        if (!tools.differing().reserve(bytes)) {
          yield new ClientState.Outdated(ResetReason.POLICY);
        }
        try {
          send(rows);
        } finally {
          tools.differing().release(bytes);
        }
        yield null;
      }
    };
  }

  /**
   * @param differing the rows that only one of the views shows
   */
  private void send(Map<Key, Row> differing) {
    Set<Key> changed = new HashSet<>();
    List<ViewChange> own = ownChanges(changed);
    List<ViewChange> all = new ArrayList<>();
    differing.forEach((key, row) -> {
      if (!changed.contains(key)) {
        after.see(row, before, moved.since()).ifPresent(all::add);
      }
    });
    all.addAll(own);
    send(all);
    outlet.follow(moved.next(), moved.position(), !moved.complete());
  }

  /**
   * The changes of the moment: before the first change of a row, the client saw it in the other
   * view.
   *
   * @param changed takes the keys of the rows
   */
  private List<ViewChange> ownChanges(Set<Key> changed) {
    List<ViewChange> seen = new ArrayList<>();
    for (Change change : moved.changes()) {
      after.see(change, changed.add(change.key()) ? before : after).ifPresent(seen::add);
    }
    if (outlet.pace().isAtOnce()) {
      return seen;
    }
    Conflation conflation = new Conflation();
    seen.forEach(conflation::add);
    return List.copyOf(conflation.changes());
  }

  /**
   * Sends changes as one moment. A client that loses the connection before the end resumes with a
   * reset.
   */
  private void send(List<ViewChange> changes) {
    int from = 0;
    int perMessage = tools.options().intLimit(Limit.FRAME_CHANGES);
    Position between = moved.seen();
    while (changes.size() - from > perMessage) {
      List<ViewChange> part = changes.subList(from, from + perMessage);
      between = between.with(idsOf(part));
      send(part, MarkedPosition.textBetween(between), false);
      from += perMessage;
    }
    send(changes.subList(from, changes.size()), after.textOf(moved.position()), moved.complete());
  }

  private static Ids idsOf(List<ViewChange> changes) {
    return Ids.of(
        changes.stream().mapToLong(ViewChange::id).filter(id -> id != ViewChange.NONE).toArray());
  }

  private void send(List<ViewChange> changes, String position, boolean complete) {
    ChangesDraft draft = ChangesDraft.of(after, tools.options());
    try {
      changes.forEach(change -> draft.add(change, change.at()));
      outlet.send(draft.finish(position, complete));
      tools.traffic().delivered(changes.size());
    } finally {
      draft.discard();
    }
  }
}

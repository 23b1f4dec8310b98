package dev.orderwire.gateway.catchup;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.Draft;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.view.View;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a view as {@code snapshot} messages of bounded size. */
final class SpoolWriter implements SnapshotReader.Rows, AutoCloseable {
  private final View view;
  private final Spool spool;
  private final Limits limits;
  private final int mostBytes;
  private final long mostRows;
  private long rows;
  private @Nullable Position position;
  private boolean begun;
  private @Nullable Draft draft;

  SpoolWriter(View view, Spool spool, Limits limits, GatewayOptions options) {
    this.view = view;
    this.spool = spool;
    this.limits = limits;
    this.mostRows = options.limit(Limit.SNAPSHOT_ROWS);
    this.mostBytes = options.intLimit(Limit.PAGE_BYTES);
  }

  @Override
  public void begin(Position at) {
    position = at;
  }

  /**
   * @throws OrderwireException {@code over_limit} if the view has too many rows
   */
  @Override
  public boolean row(Row row) {
    Position _ = beginOnce();
    if (view.matches(row)) {
      if (++rows > mostRows) {
        throw limits.refusal(Limit.SNAPSHOT_ROWS, "ask for fewer with where");
      }
      Draft open = open();
      Json.row(open.json(), view.cut(row));
      if (open.size() >= mostBytes) {
        add(open, null);
      }
    }
    return !spool.endIfUnwanted();
  }

  /** Adds the last message. */
  void finish() {
    add(open(), beginOnce());
    spool.finish();
  }

  /** Begins the spool with the first row: until then, the table may turn out to be altered. */
  private Position beginOnce() {
    if (position == null) {
      throw new IllegalStateException("a row came before the position");
    }
    if (!begun) {
      begun = true;
      spool.begin(position);
    }
    return position;
  }

  private Draft open() {
    if (draft == null) {
      draft = new Draft(Frame.SNAPSHOT);
      draft.json().writeStringProperty("view", view.id());
      draft.json().writeName("rows");
      draft.json().writeStartArray();
    }
    return draft;
  }

  private void add(Draft finished, @Nullable Position end) {
    draft = null;
    finished.json().writeEndArray();
    finished.json().writeBooleanProperty("done", end != null);
    spool.add(finished.finish(end == null ? null : view.textOf(end)));
  }

  @Override
  public void close() {
    if (draft != null) {
      draft.discard();
    }
  }
}

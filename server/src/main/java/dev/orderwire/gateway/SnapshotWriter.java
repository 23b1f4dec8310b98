package dev.orderwire.gateway;

import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.changelog.Snapshots;
import dev.orderwire.gateway.Blocking.GoneException;
import dev.orderwire.gateway.Blocking.StalledException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends the rows of a view as {@code snapshot} messages of bounded size, while they are read. */
final class SnapshotWriter implements Snapshots.Reader, AutoCloseable {
  private final Outlet outlet;
  private final @Nullable String reset;
  private final int mostBytes;
  private final long mostNanos;
  private long begun;
  private @Nullable Position position;
  private @Nullable Draft draft;

  /**
   * @param reset why what the client has is void, where it has something
   */
  SnapshotWriter(Outlet outlet, @Nullable String reset, GatewayOptions options) {
    this.outlet = outlet;
    this.reset = reset;
    this.mostBytes = options.intLimit(Limit.PAGE_BYTES);
    this.mostNanos = TimeUnit.SECONDS.toNanos(options.limit(Limit.SNAPSHOT_SECONDS));
  }

  @Override
  public void begin(Position at) {
    begun = System.nanoTime();
    position = at;
    outlet.answer(at, false);
    if (reset != null) {
      outlet.send(Messages.reset(outlet.view(), reset));
    }
  }

  @Override
  public boolean row(Row row) {
    if (outlet.view().matches(row)) {
      Draft open = open();
      Json.row(open.json(), outlet.view().cut(row));
      if (open.size() >= mostBytes) {
        send(open, null);
      }
    }
    return outlet.isOpen();
  }

  /** Sends the last message, and says what the rows stand for. */
  Position finish() {
    if (position == null || !outlet.isOpen()) {
      throw new GoneException();
    }
    send(open(), position);
    return position;
  }

  private Draft open() {
    if (draft == null) {
      draft = new Draft("snapshot");
      draft.json().writeStringProperty("view", outlet.view().id());
      draft.json().writeName("rows");
      draft.json().writeStartArray();
    }
    return draft;
  }

  private void send(Draft finished, @Nullable Position end) {
    if (System.nanoTime() - begun > mostNanos) {
      throw new StalledException();
    }
    draft = null;
    finished.json().writeEndArray();
    finished.json().writeBooleanProperty("done", end != null);
    outlet.send(finished.finish(end));
  }

  @Override
  public void close() {
    if (draft != null) {
      draft.discard();
    }
  }
}

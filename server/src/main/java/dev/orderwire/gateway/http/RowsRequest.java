package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.view.View;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** {@code /api/tables/TABLE/rows}: one page of a snapshot. */
final class RowsRequest implements Supplier<Answer> {
  private static final int LIMIT = 1_000;
  private static final int MOST_READS = 10;

  /** What the client may see has changed while the rows were read. */
  private static final class MovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MovedException() {
      super("the client may see other rows now", null, false, false);
    }
  }

  private final Supplier<View> made;
  private View view;
  private final int limit;
  private final @Nullable Key after;
  private final Source source;
  private final long mostBytes;

  RowsRequest(
      String table,
      Query query,
      Visitor visitor,
      RequestedViews views,
      Source source,
      GatewayOptions options) {
    this.made = () -> views.view(query.view(table), visitor);
    this.view = made.get();
    this.limit = query.limit(LIMIT, options.intLimit(Limit.ROWS));
    this.after = query.get("after").map(text -> key(view, text)).orElse(null);
    this.source = source;
    this.mostBytes = options.limit(Limit.ANSWER_BYTES);
  }

  private static Key key(View view, String text) {
    return view.keyOf(KeyParameter.read("after", view, text))
        .orElseThrow(() -> KeyParameter.bad("after", view, text));
  }

  @Override
  public Answer get() {
    for (int i = 0; i < MOST_READS; i++) {
      try {
        return Answer.json(HttpResponseStatus.OK, this::write);
      } catch (MovedException e) {
        view = made.get();
      }
    }
    throw new OrderwireException(
        ErrorCode.LOOKUP_UNAVAILABLE,
        "what this identity may see changes again and again: try again later");
  }

  private void write(JsonGenerator json) {
    json.writeStringProperty("table", view.table().name());
    Json.strings(json, "key", view.key());
    json.writeName("rows");
    json.writeStartArray();
    Page page = new Page(json);
    Position known = source.feed().end().position();
    try {
      source.snapshots().read(view.table(), view.prefilter(), after, known, limit + 1, page);
    } catch (OrderwireException e) {
      throw PublicError.of(view, e);
    }
    Position position = Objects.requireNonNull(page.position, "the read has begun");
    if (!view.scope().membership().holdsAt(position)) {
      throw new MovedException();
    }
    json.writeEndArray();
    json.writeStringProperty("position", view.textOf(position));
    json.writeBooleanProperty("more", page.more);
    json.writeName("after");
    Json.row(json, page.more ? view.pageKey(page.last).columns() : null);
  }

  /** Writes rows until the page is full, and finds out whether there is one more. */
  private final class Page implements SnapshotReader.Rows {
    private final JsonGenerator json;
    private int rows;
    private long bytes;
    private Row last = Row.of(Map.of());
    private boolean more;
    private @Nullable Position position;

    Page(JsonGenerator json) {
      this.json = json;
    }

    @Override
    public void begin(Position begun) {
      position = begun;
    }

    @Override
    public boolean row(Row row) {
      if (!view.matches(row)) {
        return true;
      }
      if (rows == limit || bytes >= mostBytes) {
        more = true;
        return false;
      }
      rows++;
      last = row;
      bytes += Json.sizeOf(row);
      Json.row(json, view.cut(row));
      return true;
    }
  }
}

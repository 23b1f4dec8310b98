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
import dev.orderwire.view.View;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** {@code /api/tables/TABLE/rows}: one page of a snapshot. */
final class RowsRequest implements Supplier<Answer> {
  private static final int LIMIT = 1_000;

  private final View view;
  private final int limit;
  private final @Nullable Key after;
  private final Source source;
  private final long mostBytes;

  RowsRequest(String table, Query query, Visitor visitor, Source source, GatewayOptions options) {
    this.view = query.view(table).in(source.catalog(), visitor);
    this.limit = query.limit(LIMIT, options.intLimit(Limit.ROWS));
    this.after = query.get("after").map(text -> key(view, text)).orElse(null);
    this.source = source;
    this.mostBytes = options.limit(Limit.ANSWER_BYTES);
  }

  /** A key as an answer of the API has it: a JSON object with the key's columns. */
  private static Key key(View view, String text) {
    JsonNode given = Json.read("after", text);
    Map<String, String> cells = new LinkedHashMap<>();
    for (String column : view.key()) {
      JsonNode value = given.get(column);
      if (value == null || value.isContainer() || value.isNull()) {
        throw badKey(view, text);
      }
      cells.put(column, value.toString());
    }
    if (given.size() != cells.size()) {
      throw badKey(view, text);
    }
    return view.keyOf(new Key(Row.of(cells))).orElseThrow(() -> badKey(view, text));
  }

  private static OrderwireException badKey(View view, String text) {
    return new OrderwireException(
        ErrorCode.BAD_KEY,
        "after must be a JSON object with a value for each of %s, as in the last answer, not %s"
            .formatted(view.key(), text));
  }

  @Override
  public Answer get() {
    return Answer.json(HttpResponseStatus.OK, this::write);
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
    json.writeEndArray();
    json.writeStringProperty(
        "position", view.textOf(Objects.requireNonNull(page.position, "the read has begun")));
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

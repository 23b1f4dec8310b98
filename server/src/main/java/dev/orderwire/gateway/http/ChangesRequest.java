package dev.orderwire.gateway.http;

import dev.orderwire.change.Change;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.gateway.catchup.CatchUp;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.view.View;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /api/tables/TABLE/changes}: what came since a position, and the position to ask from the
 * next time.
 */
final class ChangesRequest implements Supplier<Answer> {
  private static final int LIMIT = 1_000;

  private final View view;
  private final int limit;
  private final @Nullable Position since;
  private final Source source;
  private final GatewayOptions options;

  ChangesRequest(Table table, Query query, Source source, GatewayOptions options) {
    this.view = View.of(table, query.where(), query.columns());
    this.limit = query.limit(LIMIT, options.intLimit(Limit.ROWS));
    this.since = query.get("since").map(Subscriber::position).orElse(null);
    this.source = source;
    this.options = options;
  }

  @Override
  public Answer get() {
    Position end = source.feed().end().position();
    Position from = since == null ? end : since;
    if (!from.epoch().equals(end.epoch()) || isBeyondTheLog(from, end)) {
      throw new OrderwireException(
          ErrorCode.UNKNOWN_POSITION,
          "since is of another change log: read /api/tables/TABLE/rows, and go on from its"
              + " position");
    }
    if (source.catalog().isVoid(view.table(), from)) {
      throw altered();
    }
    return Answer.json(HttpResponseStatus.OK, json -> write(json, from, end));
  }

  private static OrderwireException altered() {
    return new OrderwireException(
        ErrorCode.UNKNOWN_POSITION,
        "the table was altered since: read /api/tables/TABLE/rows, and go on from its position");
  }

  private boolean isBeyondTheLog(Position from, Position end) {
    return from.head() > end.head() && from.head() > source.backlog().newestId();
  }

  private void write(JsonGenerator json, Position from, Position end) {
    json.writeName("changes");
    json.writeStartArray();
    Ids missed = end.since(from);
    Page page = new Page(json, missed);
    boolean more = page.write();
    json.writeEndArray();
    Position position = more ? from.with(CatchUp.upTo(page.last, missed)) : from.and(end);
    json.writeStringProperty("position", position.toString());
    json.writeBooleanProperty("more", more);
  }

  /** However little the view sees, one answer reads no more of the log than a bound. */
  private final class Page {
    private final JsonGenerator json;
    private final Ids missed;
    private final boolean withActor = options.actorTables().contains(view.table().name());
    private int read;
    private int written;
    private long bytes;

    /** The highest id that has been dealt with. */
    private long last;

    Page(JsonGenerator json, Ids missed) {
      this.json = json;
      this.missed = missed;
    }

    /** Whether there is more than was written. */
    boolean write() {
      while (true) {
        List<Change> changes = page(missed, last);
        if (changes.isEmpty()) {
          return false;
        }
        for (Change change : changes) {
          if (isFull()) {
            return true;
          }
          write(change);
        }
      }
    }

    private boolean isFull() {
      return written == limit
          || read >= options.limit(Limit.ROWS)
          || bytes >= options.limit(Limit.ANSWER_BYTES);
    }

    private void write(Change change) {
      last = change.id();
      read++;
      bytes += Json.sizeOf(change.before()) + Json.sizeOf(change.after());
      view.see(change)
          .ifPresent(seen -> {
            written++;
            Json.change(json, seen, withActor);
          });
    }
  }

  private List<Change> page(Ids missed, long after) {
    Backlog.Page page =
        source
            .backlog()
            .page(
                missed,
                view.table().name(),
                after,
                options.intLimit(Limit.PAGE_CHANGES),
                options.limit(Limit.PAGE_BYTES));
    return switch (page) {
      case Backlog.Page.Changes(List<Change> changes) -> changes;
      case Backlog.Page.Incomplete() -> throw altered();
      case Backlog.Page.Deleted() ->
          throw new OrderwireException(
              ErrorCode.UNKNOWN_POSITION,
              "what came after since is no longer kept (retention): read /api/tables/TABLE/rows,"
                  + " and go on from its position");
    };
  }
}

package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.Change;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.catchup.Resumption;
import dev.orderwire.gateway.catchup.Resumption.Outcome;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.view.MarkedPosition;
import dev.orderwire.view.View;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** {@code /api/tables/TABLE/changes}: the changes after a position, and the next position. */
final class ChangesRequest implements Supplier<Answer> {
  private static final int LIMIT = 1_000;

  private final Supplier<View> made;
  private View view;
  private final int limit;
  private final @Nullable Position since;
  private final Source source;
  private final GatewayOptions options;

  ChangesRequest(
      String table,
      Query query,
      Visitor visitor,
      RequestedViews views,
      Source source,
      GatewayOptions options) {
    this.made = () -> views.view(query.view(table), visitor);
    this.view = made.get();
    this.limit = query.limit(LIMIT, options.intLimit(Limit.ROWS));
    this.since = query.get("since").map(text -> since(text, view)).orElse(null);
    this.source = source;
    this.options = options;
  }

  /** What the client may see is at least as new as the changes that it gets. */
  private Feed.Place end() {
    Feed.Place end = source.feed().end();
    String tag = view.scope().tag();
    view = made.get();
    if (since != null && !tag.equals(view.scope().tag())) {
      throw outdated(ResetReason.POLICY);
    }
    return end;
  }

  private static Position since(String text, View view) {
    MarkedPosition marked = MarkedPosition.of(text);
    Position position = Resumption.parse(marked.position());
    if (!marked.tag().equals(view.scope().tag())) {
      throw outdated(ResetReason.POLICY);
    }
    return position;
  }

  @Override
  public Answer get() {
    Feed.Place end = end();
    Position from = since == null ? end.position() : since;
    Outcome outcome =
        new Resumption(source).of(view.table(), from, end, source.backlog()::newestId);
    return switch (outcome) {
      case Outcome.Outdated(ResetReason reason) -> throw outdated(reason);
      // The log has the changes that the feed has, too.
      case Outcome.InFeed _, Outcome.InLog _ ->
          Answer.json(HttpResponseStatus.OK, json -> write(json, from, end.position()));
      case Outcome.AheadOfFeed() -> throw new IllegalStateException("the log was asked");
    };
  }

  private static OrderwireException outdated(ResetReason reason) {
    String problem =
        switch (reason) {
          case EPOCH -> "since belongs to another change log";
          case RETENTION -> "the changes after since are no longer kept (retention)";
          case SCHEMA -> "the table was altered after since";
          case POLICY -> "since stands for other rows or columns than you may see now";
        };
    return new OrderwireException(
        ErrorCode.UNKNOWN_POSITION,
        problem + ": read /api/tables/TABLE/rows, and continue from its position");
  }

  private void write(JsonGenerator json, Position from, Position end) {
    json.writeName("changes");
    json.writeStartArray();
    Ids missed = end.since(from);
    Page page = new Page(json, missed);
    boolean more = page.write();
    json.writeEndArray();
    Position position = more ? from.with(Resumption.upTo(page.last, missed)) : from.and(end);
    json.writeStringProperty("position", view.textOf(position));
    json.writeBooleanProperty("more", more);
  }

  /** Writes one answer. It reads a bounded part of the log, even if the view shows little. */
  private final class Page {
    private final JsonGenerator json;
    private final Ids missed;
    private final boolean withActor = options.showsActor(view);
    private int read;
    private int written;
    private long bytes;

    /** The highest id that was read. */
    private long last;

    Page(JsonGenerator json, Ids missed) {
      this.json = json;
      this.missed = missed;
    }

    /** Writes the changes; returns whether there are more. */
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
      case Backlog.Page.Incomplete() -> throw outdated(ResetReason.SCHEMA);
      case Backlog.Page.Deleted() -> throw outdated(ResetReason.RETENTION);
    };
  }
}

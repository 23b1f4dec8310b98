package dev.orderwire.gateway.http;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.gateway.catchup.Resumption;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.explain.Explainer;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.view.MarkedPosition;
import dev.orderwire.view.Scope;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP API. */
public final class Api {
  static final Set<String> TABLES = Set.of("role", "token");
  static final Set<String> ROWS = Set.of("role", "where", "columns", "limit", "after", "token");
  static final Set<String> CHANGES = Set.of("role", "where", "columns", "limit", "since", "token");
  static final Set<String> EXPLAIN = Set.of("role", "forRole", "where", "columns", "key", "token");

  private final Source source;
  private final RequestedViews views;
  private final GatewayOptions options;
  private final ExplainRequest.Tools explain;

  public Api(
      Source source,
      RequestedViews views,
      GatewayOptions options,
      Explainer explainer,
      Admission admission) {
    this.source = source;
    this.views = views;
    this.options = options;
    this.explain = new ExplainRequest.Tools(views, explainer, admission);
  }

  /** The tables that a client may see, as it sees them. */
  Answer tables(Access access) {
    return Answer.json(
        HttpResponseStatus.OK,
        json -> {
          json.writeName("tables");
          json.writeStartArray();
          for (Table known : source.catalog().tables()) {
            Optional<Scope> scope = access.scope(known.name());
            if (scope.isEmpty()) {
              continue;
            }
            Table table = scope.get().visible(known);
            json.writeStartObject();
            json.writeStringProperty("name", table.name());
            Json.strings(json, "key", table.key());
            Json.columns(json, table.columns());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /**
   * The head of a stream of events.
   *
   * @throws OrderwireException if the stream would be refused
   */
  Answer headOfEvents(Subscribe request, Visitor visitor) {
    var _ = views.view(request.view(), visitor);
    String since = request.since();
    if (since != null) {
      var _ = Resumption.parse(MarkedPosition.of(since).position());
    }
    return Answer.empty(HttpResponseStatus.OK, EventsHandler.HEADERS);
  }

  /** Reads the rows of a table. The query is checked at once. */
  Supplier<Answer> rows(String table, Query query, Visitor visitor) {
    return new RowsRequest(table, query, visitor, views, source, options);
  }

  /** Reads the changes of a table. The query is checked at once. */
  Supplier<Answer> changes(String table, Query query, Visitor visitor) {
    return new ChangesRequest(table, query, visitor, views, source, options);
  }

  /**
   * Explains why a client sees a row, or not. The query, and the right to ask, are checked at once.
   *
   * @param other the credential of the client to explain; null for the client that asks
   */
  Supplier<Answer> explain(String table, Query query, Visitor visitor, @Nullable String other) {
    return new ExplainRequest(table, query, visitor, other, explain);
  }
}

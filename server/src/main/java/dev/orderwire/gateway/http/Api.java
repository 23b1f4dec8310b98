package dev.orderwire.gateway.http;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.gateway.catchup.Resumption;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;
import java.util.function.Supplier;

/** The HTTP API. */
public final class Api {
  static final Set<String> ROWS = Set.of("where", "columns", "limit", "after", "token");
  static final Set<String> CHANGES = Set.of("where", "columns", "limit", "since", "token");

  private final Source source;
  private final GatewayOptions options;

  public Api(Source source, GatewayOptions options) {
    this.source = source;
    this.options = options;
  }

  Answer tables() {
    return Answer.json(
        HttpResponseStatus.OK,
        json -> {
          json.writeName("tables");
          json.writeStartArray();
          for (Table table : source.catalog().tables()) {
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
  Answer headOfEvents(Subscribe request) {
    var _ = request.view().in(source.catalog());
    String since = request.since();
    if (since != null) {
      var _ = Resumption.parse(since);
    }
    return Answer.empty(HttpResponseStatus.OK, EventsHandler.HEADERS);
  }

  /** Reads the rows of a table. The query is checked at once. */
  Supplier<Answer> rows(String table, Query query) {
    return new RowsRequest(table, query, source, options);
  }

  /** Reads the changes of a table. The query is checked at once. */
  Supplier<Answer> changes(String table, Query query) {
    return new ChangesRequest(table, query, source, options);
  }
}

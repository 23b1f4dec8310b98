package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.ClientMessage;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;

/** Maps each path to what it does. */
public final class Routes {
  private static final String TABLES = "/api/tables";

  private final Api api;
  private final ClientFiles files;
  private final Pages pages;

  public Routes(Api api, ClientFiles files, Pages pages) {
    this.api = api;
    this.files = files;
    this.pages = pages;
  }

  /** Whether pages of allowed origins may read the answers of this path. */
  static boolean isForOtherOrigins(String uri) {
    return uri.startsWith("/api/") || pathOf(uri).equals("/events");
  }

  /**
   * The route of a request.
   *
   * @throws OrderwireException if the request has none
   */
  Route find(HttpRequest request) {
    String uri = request.uri();
    if (request.method().equals(HttpMethod.OPTIONS) && isForOtherOrigins(uri)) {
      return new Route.Now(
          Answer.empty(
              HttpResponseStatus.NO_CONTENT,
              Map.of(
                  "access-control-allow-methods", "GET, HEAD",
                  "access-control-allow-headers", "*",
                  "access-control-max-age", "600")));
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      throw new OrderwireException(
          ErrorCode.METHOD_NOT_ALLOWED, "use GET, not " + request.method());
    }
    String path = pathOf(uri);
    return switch (path) {
      case "/" -> redirect();
      case "/ws" -> new Route.ToWebSocket(uri);
      case "/events" -> events(request);
      case "/health" -> new Route.Now(Answer.of(pages.health()));
      case "/health/live" -> new Route.Now(Answer.of(pages.live()));
      case "/health/ready" -> new Route.Now(Answer.of(pages.ready()));
      case "/metrics" -> new Route.Later(() -> Answer.of(pages.metrics()));
      case TABLES -> new Route.Now(api.tables());
      default ->
          path.startsWith(TABLES + "/")
              ? table(uri, path.substring(TABLES.length() + 1).split("/", -1))
              : new Route.Now(
                  files.find(path, request.headers().get(HttpHeaderNames.IF_NONE_MATCH)));
    };
  }

  private static Route redirect() {
    return new Route.Now(
        Answer.empty(
            HttpResponseStatus.FOUND, Map.of("location", "/client", "cache-control", "no-store")));
  }

  private static Route events(HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      throw new OrderwireException(ErrorCode.METHOD_NOT_ALLOWED, "/events supports only GET");
    }
    ClientMessage.Subscribe asked = Query.of(request.uri(), Query.OF_SUBSCRIPTION).subscribe();
    // What the browser has seen is newer than the URL of the page.
    String last = request.headers().get("last-event-id");
    return new Route.ToEvents(last == null || last.isEmpty() ? asked : asked.since(last));
  }

  private Route table(String uri, String[] segments) {
    if (segments.length == 2 && segments[1].equals("rows")) {
      return new Route.FromMysql(api.rows(decoded(segments[0]), Query.of(uri, Api.ROWS)));
    }
    if (segments.length == 2 && segments[1].equals("changes")) {
      return new Route.FromMysql(api.changes(decoded(segments[0]), Query.of(uri, Api.CHANGES)));
    }
    throw new OrderwireException(
        ErrorCode.NOT_FOUND,
        "there is nothing here; a table has /api/tables/TABLE/rows and /api/tables/TABLE/changes");
  }

  /** The path, percent-encoded as in the URL: a name may contain an encoded slash. */
  private static String pathOf(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static String decoded(String segment) {
    try {
      // A plus is a space only in a query.
      return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
    } catch (IllegalArgumentException e) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER,
          "the name of the table must be percent-encoded: " + e.getMessage(),
          e);
    }
  }
}

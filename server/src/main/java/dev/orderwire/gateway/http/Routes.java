package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Use;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Maps each path to what it does. */
public final class Routes {
  /** The methods of every path but one, for the header {@code allow}. */
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private static final String TABLES = "/api/tables";

  private static final Set<String> HEALTH = Set.of("/health", "/health/live", "/health/ready");

  private final Api api;
  private final Connections connections;
  private final ClientFiles files;
  private final Pages pages;
  private final Draining draining;
  private final boolean servesClients;

  public Routes(
      Api api, Connections connections, ClientFiles files, Pages pages, Draining draining) {
    this(api, connections, files, pages, draining, true);
  }

  /**
   * @param servesClients false to answer nothing but how the server is
   */
  public Routes(
      Api api,
      Connections connections,
      ClientFiles files,
      Pages pages,
      Draining draining,
      boolean servesClients) {
    this.servesClients = servesClients;
    this.api = api;
    this.connections = connections;
    this.files = files;
    this.pages = pages;
    this.draining = draining;
  }

  /** Whether it tells how the server is: that is answered even at the limit of connections. */
  static boolean isStatus(String uri) {
    String path = pathOf(uri);
    return path.equals("/metrics") || path.equals("/health") || path.startsWith("/health/");
  }

  /** Whether the path shows data, and so needs a credential where the server asks for one. */
  static boolean isGuarded(String uri) {
    String path = pathOf(uri);
    return path.equals("/ws") || path.equals("/events") || path.startsWith("/api/");
  }

  /** Whether it is a WebSocket's opening handshake. */
  static boolean isWebSocket(String uri) {
    return pathOf(uri).equals("/ws");
  }

  /** Whether pages of allowed origins may read the answers of this path. */
  static boolean isForOtherOrigins(String uri) {
    String path = pathOf(uri);
    return path.startsWith("/api/")
        || path.equals("/events")
        // The JavaScript client: pages import it.
        || (path.startsWith("/client/") && path.endsWith(".js"));
  }

  /**
   * Whether a request may name any host, or none. A load balancer asks for the health by the
   * server's address, or over HTTP/1.0. OPTIONS tells nothing.
   */
  static boolean isForAnyHost(HttpRequest request) {
    return request.method().equals(HttpMethod.OPTIONS) || HEALTH.contains(pathOf(request.uri()));
  }

  /**
   * The route of a request.
   *
   * @param visitor who sent it; null if that is not known
   * @throws OrderwireException if the request has none
   */
  Route find(HttpRequest request, @Nullable Visitor visitor) {
    String uri = request.uri();
    if (request.method().equals(HttpMethod.OPTIONS)) {
      return options(uri);
    }
    boolean deletes = request.method().equals(HttpMethod.DELETE) && Connections.isAt(pathOf(uri));
    if (!deletes
        && !request.method().equals(HttpMethod.GET)
        && !request.method().equals(HttpMethod.HEAD)) {
      throw new OrderwireException(
          ErrorCode.METHOD_NOT_ALLOWED, "use %s, not %s".formatted(methods(uri), request.method()));
    }
    if (!servesClients && !isStatus(uri)) {
      throw new OrderwireException(
          ErrorCode.NOT_FOUND,
          "this is a relay, which serves no clients: connect to a gateway; a relay has /health and /metrics");
    }
    String path = pathOf(uri);
    if (Connections.isAt(path)) {
      String id = path.substring(Connections.PATH.length());
      return deletes
          ? connections.kick(uri, decoded(id), known(visitor))
          : connections.list(uri, id, known(visitor));
    }
    return switch (path) {
      case "/" -> toDashboard(uri);
      case "/ws" -> new Route.ToWebSocket(uri, visitor);
      case "/events" -> events(request, known(visitor));
      case "/health" -> now(uri, () -> Answer.of(pages.health(draining.hasBegun())));
      case "/health/live" -> now(uri, () -> Answer.of(pages.live()));
      case "/health/ready" -> now(uri, this::ready);
      case "/metrics" -> later(uri, () -> Answer.of(pages.metrics()));
      case TABLES -> tables(uri, known(visitor));
      default ->
          path.startsWith(TABLES + "/")
              ? table(request, known(visitor), path.substring(TABLES.length() + 1).split("/", -1))
              // With any parameters: pages add some to load a new version of a file.
              : new Route.Now(
                  files.find(path, request.headers().get(HttpHeaderNames.IF_NONE_MATCH)));
    };
  }

  /**
   * Preflight requests of browsers, and checks of load balancers. Pages of other origins may read
   * only, whatever the path.
   */
  private static Route options(String uri) {
    Map<String, String> headers = new HashMap<>(Map.of("allow", methods(uri)));
    if (isForOtherOrigins(uri)) {
      headers.put("access-control-allow-methods", "GET, HEAD");
      // The wildcard does not stand for this one (Fetch, "CORS-safelisted request-header").
      headers.put("access-control-allow-headers", "authorization, *");
      headers.put("access-control-max-age", "600");
    }
    return new Route.Now(Answer.empty(HttpResponseStatus.NO_CONTENT, headers));
  }

  /** The methods of a path, for the header {@code allow}. */
  static String methods(String uri) {
    return Connections.isAt(pathOf(uri)) ? METHODS + ", DELETE" : METHODS;
  }

  private Answer ready() {
    draining.watched();
    return Answer.of(pages.ready(draining.hasBegun()));
  }

  private static Route now(String uri, Supplier<Answer> answer) {
    // First, as nothing would release the answer.
    var _ = Query.of(uri, Query.NONE);
    return new Route.Now(answer.get());
  }

  private static Route later(String uri, Supplier<Answer> work) {
    var _ = Query.of(uri, Query.NONE);
    return new Route.Later(work);
  }

  private static Route toDashboard(String uri) {
    return new Route.Now(
        Answer.empty(
            HttpResponseStatus.FOUND,
            Map.of("location", "/client" + uri.substring(1), "cache-control", "no-store")));
  }

  private static Visitor known(@Nullable Visitor visitor) {
    if (visitor == null) {
      throw new OrderwireException(
          ErrorCode.NOT_AUTHENTICATED,
          "this server asks who you are: send a token or an API key in the header Authorization (Bearer), or as the parameter token");
    }
    return visitor;
  }

  private Route tables(String uri, Visitor visitor) {
    Query query = Query.of(uri, Api.TABLES);
    return new Route.Now(api.tables(visitor.access(query.get("role").orElse(null))));
  }

  private Route events(HttpRequest request, Visitor visitor) {
    Query query = Query.of(request.uri(), Query.OF_EVENTS);
    ClientMessage.Subscribe asked = query.subscribe();
    // What the browser has seen is newer than the URL of the page.
    String last =
        Optional.ofNullable(request.headers().get("last-event-id"))
            .filter(header -> !header.isEmpty())
            .orElse(query.get("lastEventId").orElse(""));
    ClientMessage.Subscribe subscribe = last.isEmpty() ? asked : asked.since(last);
    return request.method().equals(HttpMethod.HEAD)
        ? new Route.Now(api.headOfEvents(subscribe, visitor))
        : new Route.ToEvents(subscribe, visitor);
  }

  private Route table(HttpRequest request, Visitor visitor, String[] segments) {
    String uri = request.uri();
    String asked = Credential.redacted(uri);
    if (segments.length == 2 && segments[1].equals("rows")) {
      String table = decoded(segments[0]);
      return new Route.FromMysql(
          new Use(Resource.ROWS, table, asked), api.rows(table, Query.of(uri, Api.ROWS), visitor));
    }
    if (segments.length == 2 && segments[1].equals("changes")) {
      String table = decoded(segments[0]);
      return new Route.FromMysql(
          new Use(Resource.CHANGES, table, asked),
          api.changes(table, Query.of(uri, Api.CHANGES), visitor));
    }
    if (segments.length == 2 && segments[1].equals("explain")) {
      String table = decoded(segments[0]);
      return new Route.FromMysql(
          new Use(Resource.EXPLANATIONS, table, asked),
          api.explain(
              table,
              Query.of(uri, Api.EXPLAIN),
              visitor,
              Credential.ofOther(request.headers()).orElse(null)));
    }
    throw new OrderwireException(
        ErrorCode.NOT_FOUND,
        "there is nothing here; a table has /api/tables/TABLE/rows, …/changes and …/explain");
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
          ErrorCode.BAD_PARAMETER, "the path must be percent-encoded: " + e.getMessage(), e);
    }
  }
}

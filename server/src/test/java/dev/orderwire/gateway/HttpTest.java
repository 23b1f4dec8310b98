package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.testing.RawSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FailOnLeak.class)
class HttpTest {
  private FeedGateway gateway = new FeedGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private String ask(String method, String path, String... headers) {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request(method, path, headers));
      return method.equals("HEAD") ? socket.readHead() : socket.readAnswer();
    }
  }

  private static String request(String method, String path, String... headers) {
    String host = String.join("\n", headers).contains("Host:") ? "" : "Host: localhost\r\n";
    return method
        + " "
        + path
        + " HTTP/1.1\r\n"
        + host
        + String.join("", Arrays.stream(headers).map(each -> each + "\r\n").toList())
        + "\r\n";
  }

  @Test
  void theDefaultTableIsListedFirst() {
    String answer = ask("GET", "/api/tables");
    assertThat(answer).startsWith("HTTP/1.1 200").contains("cache-control: private, no-store");
    assertThat(answer)
        .endsWith(
            ("{'tables':[{'name':'orders','key':['id'],'columns':[{'name':'id','type':'bigint"
                    + " unsigned'},{'name':'customer','type':'varchar(100)'},{'name':'status',"
                    + "'type':'varchar(20)'},{'name':'amount','type':'decimal(10,2)'}]},"
                    + "{'name':'line item/+%','key':['order','line'],'columns':[{'name':'order',"
                    + "'type':'int'},{'name':'line','type':'int'}]}]}")
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /health                                          | 200 | {"status":"up"}
          /health/live                                     | 200 | {}
          /health/ready                                    | 200 | {"ready":true}
          /metrics                                         | 200 | one 1
          /metrics?token=x                                 | 200 | one 1
          /nothing                                         | 404 | not_found
          /api                                             | 404 | not_found
          /api/                                            | 404 | not_found
          /api/tables/                                     | 404 | not_found
          /api/tables/orders                               | 404 | not_found
          /api/tables/orders/rows/1                        | 404 | not_found
          /api/tables/nothing/rows                         | 404 | unknown_table
          /api/tables/nothing/changes                      | 404 | unknown_table
          /api/tables/nothing/rows?where=%7B&limit=0       | 404 | unknown_table
          /api/tables/nothing/changes?where=%7B&since=x    | 404 | unknown_table
          /events?table=nothing&where=%7B                  | 404 | unknown_table
          /nothing?x=1                                     | 404 | not_found
          /api/tables/%zz/rows                             | 400 | bad_parameter
          /api/tables/orders/rows?limit=0                  | 400 | bad_parameter
          /api/tables/orders/rows?limit=10001              | 400 | bad_parameter
          /api/tables/orders/rows?limit=many               | 400 | bad_parameter
          /api/tables/orders/rows?nothing=1                | 400 | bad_parameter
          /api/tables/orders/rows?where=%7B                | 400 | bad_json
          /api/tables/orders/rows?where=%zz                | 400 | bad_parameter
          /api/tables/orders/rows?columns=nothing          | 400 | unknown_column
          /api/tables/orders/rows?after=7                  | 400 | bad_key
          /api/tables/orders/rows?after=%7B%22x%22:7%7D    | 400 | bad_key
          /api/tables/line%20item%2F+%25/rows?after=%7B%22order%22:1%7D | 400 | bad_key
          /api/tables/orders/changes?since=yesterday       | 400 | unknown_position
          /api/tables/orders/changes?since=otherepoch-1    | 400 | unknown_position
          /ws                                              | 426 | upgrade_required
          """)
  void everyPathHasItsAnswer(String path, int status, String content) {
    String answer = ask("GET", path);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(content);
    assertThat(answer)
        .contains("x-content-type-options: nosniff\r\n")
        .contains("referrer-policy: no-referrer\r\n")
        .contains("cross-origin-resource-policy: same-origin\r\n")
        .contains("content-security-policy: default-src 'none'; base-uri 'none';")
        .contains("frame-ancestors 'none'");
  }

  @Test
  void theRootRedirectsToTheDashboard() {
    assertThat(ask("GET", "/")).startsWith("HTTP/1.1 302").contains("location: /client\r\n");
    assertThat(ask("GET", "/?table=line%20item%2F"))
        .startsWith("HTTP/1.1 302")
        .contains("location: /client?table=line%20item%2F\r\n");
    // Pages load a new version of a file so, and sites that link to the dashboard add parameters.
    assertThat(ask("GET", "/client/orderwire.js?v=2")).startsWith("HTTP/1.1 200");
    assertThat(ask("GET", "/client?utm_source=mail")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/events",
        "/health",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/tables",
        "/api/tables/orders/rows",
        "/api/tables/orders/changes"
      })
  void everyAddressOfDataRefusesAnUnknownParameter(String path) {
    for (String query : List.of("?_=1", "?token=t&_", "?_=1&_=2", "?=1")) {
      assertThat(ask("GET", path + query))
          .startsWith("HTTP/1.1 400")
          .contains("bad_parameter", "the parameters are [", "token");
      assertThat(ask("HEAD", path + query)).startsWith("HTTP/1.1 400");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/events", "/health", "/api/tables", "/client", "/client/orderwire.js?v=2"})
  void everyPathHasTheSameMethods(String path) {
    assertThat(ask("OPTIONS", path))
        .startsWith("HTTP/1.1 204")
        .contains("allow: GET, HEAD, OPTIONS\r\n")
        .doesNotContain("content-length");
    assertThat(ask("PUT", path))
        .startsWith("HTTP/1.1 405")
        .contains("allow: GET, HEAD, OPTIONS\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/client", "/client/", "/client/index.html"})
  void theDashboardLoadsNothingFromOtherServers(String path) {
    String answer = ask("GET", path);
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains("content-type: text/html; charset=utf-8")
        .contains(
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';")
        .contains("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        .contains("require-trusted-types-for 'script'; trusted-types 'none'")
        .doesNotContain("unsafe", "nonce", "http:", "*")
        .contains("cross-origin-opener-policy: same-origin", "permissions-policy: camera=()")
        .contains("<title>Orderwire</title>");
  }

  @Test
  void aBrowserGetsOnlyChangedFilesAgain() {
    String answer = ask("GET", "/client/orderwire.js");
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains("content-type: text/javascript")
        .contains("cache-control: no-cache")
        .contains("class LiveView");
    String tag = answer.replaceAll("(?s).*etag: (\"[0-9a-f]+\").*", "$1");
    String again = ask("GET", "/client/orderwire.js", "If-None-Match: " + tag);
    assertThat(again).startsWith("HTTP/1.1 304").contains("etag: " + tag).endsWith("\r\n\r\n");
    assertThat(ask("GET", "/client/orderwire.js", "If-None-Match: \"other\""))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/client/../Gateway.class",
        "/client/%2e%2e/Gateway.class",
        "/client/..%2fGateway.class",
        "/client//etc/passwd",
        "/client/./index.html",
        "/client/..\\Gateway.class",
        "/client/nothing.js",
        "/client/lib",
        "//client",
        "/../../../../etc/passwd"
      })
  void onlyTheClientsFilesAreServed(String path) {
    assertThat(ask("GET", path)).startsWith("HTTP/1.1 404").contains("not_found");
  }

  @Test
  void aHeadRequestGetsNoBody() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request("HEAD", "/api/tables") + request("HEAD", "/client"));
      String tables = socket.readHead();
      assertThat(tables).startsWith("HTTP/1.1 200").doesNotContain("content-length: 0");
      // The next answer begins at once where this one ends.
      assertThat(socket.readHead()).startsWith("HTTP/1.1 200").contains("text/html");
    }
  }

  @Test
  void aHeadRequestForEventsIsAnsweredAsTheStreamWouldBeginAndSubscribesNothing() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request("HEAD", "/events?columns=id&since=" + gateway.position()));
      assertThat(socket.readHead())
          .startsWith("HTTP/1.1 200")
          .contains("content-type: text/event-stream", "x-accel-buffering: no")
          .doesNotContain("content-length");
      // The connection still speaks HTTP.
      socket.send(request("GET", "/health"));
      assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200").endsWith("}");
    }
    assertThat(gateway.traffic.connections).hasValue(0);
    assertThat(ask("HEAD", "/events?table=nothing")).startsWith("HTTP/1.1 404");
    assertThat(ask("HEAD", "/events?columns=nothing")).startsWith("HTTP/1.1 400");
    assertThat(ask("HEAD", "/events?since=yesterday")).startsWith("HTTP/1.1 400");
    assertThat(ask("HEAD", "/events?lastEventId=yesterday")).startsWith("HTTP/1.1 400");
    assertThat(ask("HEAD", "/ws")).startsWith("HTTP/1.1 426");
  }

  /** The first four are what HAProxy sends for {@code option httpchk} and its variants. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OPTIONS / HTTP/1.0                                | 204
          GET /health/ready HTTP/1.0                        | 200
          HEAD /health HTTP/1.0                             | 200
          GET /health/live HTTP/1.1; Host: orders.example   | 200
          GET /health HTTP/1.1; Host: 10.244.3.7:8000       | 200
          GET /health HTTP/1.1                              | 200
          GET /metrics HTTP/1.0                             | 403
          GET /health/nothing HTTP/1.0                      | 403
          GET /healthy HTTP/1.0                             | 403
          GET /api/tables HTTP/1.1; Host: 10.244.3.7:8000   | 403
          """)
  void healthIsForAnyHostAndNothingElseIs(String head, int status) {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(head.replace("; ", "\r\n") + "\r\n\r\n");
      assertThat(socket.readHead()).startsWith("HTTP/1.1 " + status + " ");
    }
  }

  @Test
  void aRefusalForAMissingHostSaysSo() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET /metrics HTTP/1.0\r\n\r\n");
      assertThat(socket.readAnswer()).contains("host_not_allowed", "this one has no header Host");
    }
  }

  @Test
  void oneConnectionServesManyRequests() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      for (int i = 0; i < 3; i++) {
        socket.send(request("GET", "/health"));
        assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200").endsWith("}");
      }
      socket.send(request("GET", "/health", "Connection: close"));
      assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200").contains("connection: close");
      assertThat(socket.awaitEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE"})
  void onlyGetAndHeadAreAllowed(String method) {
    assertThat(ask(method, "/health", "Content-Length: 0"))
        .startsWith("HTTP/1.1 405")
        .contains("method_not_allowed");
  }

  @Test
  void aBodyIsRefusedAndClosesTheConnection() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request("GET", "/health", "Content-Length: 1000000000") + "some");
      assertThat(socket.readAnswer()).startsWith("HTTP/1.1 413").contains("body_not_allowed");
      assertThat(socket.awaitEnd()).isTrue();
    }
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request("GET", "/health", "Transfer-Encoding: chunked") + "4\r\nsome\r\n");
      assertThat(socket.readAnswer()).startsWith("HTTP/1.1 413");
      assertThat(socket.awaitEnd()).isTrue();
    }
  }

  @Test
  void oversizedAndMalformedRequestsCloseTheConnection() {
    String[][] requests = {
      {request("GET", "/health?" + "x".repeat(20_000)), "HTTP/1.1 414"},
      {request("GET", "/health", "X: " + "x".repeat(20_000)), "HTTP/1.1 431"},
      {"NONSENSE\r\n\r\n", "HTTP/1.1 400"},
    };
    for (String[] request : requests) {
      try (RawSocket socket = RawSocket.connect(gateway.address)) {
        socket.send(request[0]);
        assertThat(socket.readAnswer()).startsWith(request[1]).contains("connection: close");
        assertThat(socket.awaitEnd()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Upgrade: nothing, Connection: Upgrade, Sec-WebSocket-Version: 13, 426",
    "Upgrade: websocket, Connection: close, Sec-WebSocket-Version: 13, 426",
    "Upgrade: websocket, Connection: Upgrade, Sec-WebSocket-Version: 8, 426",
  })
  void anIncompleteHandshakeIsRefused(
      String upgrade, String connection, String version, int status) {
    assertThat(ask("GET", "/ws", upgrade, connection, version, "Sec-WebSocket-Key: x"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void anUnknownSubprotocolIsRefused() {
    String[] upgrade = {
      "Upgrade: websocket",
      "Connection: keep-alive, Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol: graphql-ws, mqtt"
    };
    assertThat(ask("GET", "/ws", upgrade))
        .startsWith("HTTP/1.1 400")
        .contains("unknown_subprotocol");
    upgrade[4] = "Sec-WebSocket-Protocol: graphql-ws,orderwire.v1";
    assertThat(ask("GET", "/ws", upgrade))
        .startsWith("HTTP/1.1 101")
        // The example of RFC 6455, section 1.3.
        .contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        .contains("sec-websocket-protocol: orderwire.v1");
    upgrade[3] = "Sec-WebSocket-Key:";
    assertThat(ask("GET", "/ws", upgrade)).startsWith("HTTP/1.1 400");
  }

  /** The client then knows which of its requests were answered. */
  @Test
  void aPipelinedRequestClosesTheConnectionAfterTheFirstAnswer() {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(request("GET", "/metrics") + request("GET", "/health"));
      assertThat(socket.readAnswer()).contains("one 1");
      assertThat(socket.awaitEnd()).isTrue();
    }
  }

  @Test
  void connectionsOverTheLimitGet429() {
    try (FeedGateway small = new FeedGateway(Map.of(Limit.CONNECTIONS, 1L));
        RawSocket first = RawSocket.connect(small.address)) {
      first.send(request("GET", "/health"));
      assertThat(first.readAnswer()).startsWith("HTTP/1.1 200");
      try (RawSocket second = RawSocket.connect(small.address)) {
        second.send(request("GET", "/api/tables"));
        assertThat(second.readAnswer())
            .startsWith("HTTP/1.1 429")
            .contains("over_limit")
            .contains("retry-after");
        assertThat(second.awaitEnd()).isTrue();
      }
      assertThat(small.traffic.refusing).containsExactly(Resource.CONNECTIONS);
      for (String status : List.of("/health", "/health/live", "/metrics")) {
        try (RawSocket monitor = RawSocket.connect(small.address)) {
          monitor.send(request("GET", status));
          assertThat(monitor.readAnswer()).startsWith("HTTP/1.1 200");
          assertThat(monitor.awaitEnd()).isTrue();
        }
      }
      first.send(request("GET", "/health"));
      assertThat(first.readAnswer()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void theErrorNamesAPortThatIsInUse() {
    GatewayOptions taken =
        new GatewayOptions(
            "127.0.0.1",
            gateway.address.getPort(),
            Duration.ofHours(1),
            Set.of(),
            Set.of(),
            FeedGateway.SPOOLS,
            Map.of());
    assertThatThrownBy(() -> new FeedGateway(taken, 1))
        .hasMessageContaining("cannot listen on 127.0.0.1:" + gateway.address.getPort())
        .hasMessageContaining("server.port");
  }

  @Test
  void silentAndIncompleteRequestsAreClosed() {
    Map<Limit, Long> limits = Map.of(Limit.HANDSHAKE_SECONDS, 1L, Limit.IDLE_SECONDS, 1L);
    try (FeedGateway hasty = new FeedGateway(limits);
        RawSocket silent = RawSocket.connect(hasty.address);
        RawSocket slow = RawSocket.connect(hasty.address);
        RawSocket idle = RawSocket.connect(hasty.address)) {
      slow.send("GET /health HTTP/1.1\r\nHost: local");
      idle.send(request("GET", "/health"));
      assertThat(idle.readAnswer()).startsWith("HTTP/1.1 200");
      assertThat(silent.awaitEnd()).isTrue();
      assertThat(slow.awaitEnd()).isTrue();
      assertThat(idle.awaitEnd()).isTrue();
    }
  }
}

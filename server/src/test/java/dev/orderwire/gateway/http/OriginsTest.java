package dev.orderwire.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.FailOnLeak;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(FailOnLeak.class)
class OriginsTest {
  private static @Nullable String refusal(
      String bound, Set<String> allowed, @Nullable String host, @Nullable String origin)
      throws UnknownHostException {
    return refusal(bound, allowed, host, origin, false);
  }

  private static @Nullable String refusal(
      String bound,
      Set<String> allowed,
      @Nullable String host,
      @Nullable String origin,
      boolean tls)
      throws UnknownHostException {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (host != null) {
      headers.set("host", host);
    }
    if (origin != null) {
      headers.set("origin", origin);
    }
    try {
      var _ = new Origins(InetAddress.getByName(bound), allowed).check(headers, false, tls);
      return null;
    } catch (OrderwireException e) {
      return e.code().text();
    }
  }

  @Test
  void overTlsAPageWithoutTlsIsNotTheServersOwn() throws Exception {
    for (boolean tls : new boolean[] {false, true}) {
      assertThat(refusal("10.0.0.1", Set.of(), "a.example", "https://a.example", tls)).isNull();
      assertThat(refusal("10.0.0.1", Set.of(), "a.example", "http://a.example", tls))
          .isEqualTo(tls ? "origin_not_allowed" : null);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, localhost:8000,            ,                          ",
    "127.0.0.1, 127.0.0.1:8000,            ,                          ",
    "127.0.0.1, 127.1.2.3,                 ,                          ",
    "127.0.0.1, [::1]:8000,                ,                          ",
    "127.0.0.1, shop.localhost,            ,                          ",
    "127.0.0.1, ,                          ,                          host_not_allowed",
    "127.0.0.1, evil.example:8000,         ,                          host_not_allowed",
    "127.0.0.1, 127.0.0.1.evil.example,    ,                          host_not_allowed",
    "127.0.0.1, localhost.evil.example,    ,                          host_not_allowed",
    "127.0.0.1, evil.example@localhost,    ,                          ",
    "127.0.0.1, localhost@evil.example,    ,                          host_not_allowed",
    "127.0.0.1, localhost:8000, http://localhost:8000,                ",
    "127.0.0.1, localhost:8000, http://127.0.0.1:3000,                ",
    "127.0.0.1, localhost:8000, http://[::1]:3000,                    ",
    "127.0.0.1, localhost:8000, https://shop.example,                 ",
    "127.0.0.1, localhost:8000, http://shop.example,                  origin_not_allowed",
    "127.0.0.1, localhost:8000, https://shop.example.evil.example,    origin_not_allowed",
    "127.0.0.1, localhost:8000, https://evil.example,                 origin_not_allowed",
    "127.0.0.1, localhost:8000, http://localhost.evil.example:8000,   origin_not_allowed",
    "127.0.0.1, localhost:8000, null,                                 origin_not_allowed",
    "127.0.0.1, localhost:8000, file://,                              origin_not_allowed",
    "0.0.0.0,   orders.example, ,                                     ",
    "0.0.0.0,   orders.example, https://orders.example,               ",
    "0.0.0.0,   Orders.example, https://orders.example,               ",
    "0.0.0.0,   orders.example:443, https://orders.example,           ",
    "0.0.0.0,   orders.example:80, http://orders.example,             ",
    "0.0.0.0,   orders.example:80, https://orders.example,            origin_not_allowed",
    "0.0.0.0,   orders.example:8000, http://orders.example:8000,      ",
    "0.0.0.0,   orders.example:8000, http://orders.example:8001,      origin_not_allowed",
    "0.0.0.0,   orders.example, http://localhost:3000,                origin_not_allowed",
    "0.0.0.0,   , http://orders.example,                              origin_not_allowed",
  })
  void aPageCanUseItsOwnServerAndServersThatAllowIt(
      String bound, @Nullable String host, @Nullable String origin, @Nullable String refused)
      throws UnknownHostException {
    assertThat(refusal(bound, Set.of("https://shop.example"), host, origin)).isEqualTo(refused);
  }

  @Test
  void aStarAllowsAllPages() throws UnknownHostException {
    assertThat(refusal("0.0.0.0", Set.of("*"), "orders.example", "https://any.example")).isNull();
    assertThat(refusal("127.0.0.1", Set.of("*"), "evil.example", "https://any.example"))
        .isEqualTo("host_not_allowed");
  }

  /** A load balancer sends no Origin. */
  @Test
  void anyHostDoesNotMeanAnyPage() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(
          "GET /health HTTP/1.1\r\nHost: 10.244.3.7\r\nOrigin: http://evil.example\r\n\r\n");
      assertThat(socket.readAnswer())
          .startsWith("HTTP/1.1 403")
          .contains("origin_not_allowed")
          .doesNotContain("access-control-allow-origin");
    }
  }

  @Test
  void aForeignPageIsRefusedEverywhere() {
    try (FeedGateway gateway = new FeedGateway()) {
      for (String path : new String[] {"/ws", "/events", "/api/tables", "/client", "/health"}) {
        try (RawSocket socket = RawSocket.connect(gateway.address)) {
          socket.send(
              "GET "
                  + path
                  + " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                  + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
          assertThat(socket.readAnswer())
              .startsWith("HTTP/1.1 403")
              .contains("origin_not_allowed")
              .doesNotContain("access-control-allow-origin");
        }
      }
      try (RawSocket socket = RawSocket.connect(gateway.address)) {
        socket.send(
            """
            OPTIONS /api/tables HTTP/1.1\r
            Host: localhost\r
            Origin: http://evil.example\r
            Access-Control-Request-Headers: authorization\r
            \r
            """);
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 403")
            .doesNotContain("access-control-allow");
      }
      assertThatThrownBy(() ->
              RawSocket.connect(gateway.address).upgrade("/ws", "Origin: http://evil.example"))
          .hasMessageContaining("403");
    }
  }

  @Test
  void anAllowedPageCanReadTheApi() {
    GatewayOptions options =
        FeedGateway.options(Duration.ofHours(1), Set.of("https://shop.example"), Map.of());
    try (FeedGateway gateway = new FeedGateway(options, 100)) {
      String origin = "Origin: https://shop.example\r\n";
      try (RawSocket socket = RawSocket.connect(gateway.address)) {
        socket.send("OPTIONS /api/tables HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 204")
            .contains("access-control-allow-origin: https://shop.example")
            .contains("access-control-allow-methods: GET")
            .contains("vary: origin");
        socket.send("GET /api/nothing HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 404")
            .contains("access-control-allow-origin: https://shop.example");
        socket.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 200")
            .doesNotContain("access-control-allow-origin");
      }
      try (RawSocket socket = RawSocket.connect(gateway.address)) {
        // As a browser asks before it sends a token in a header.
        socket.send(
            "OPTIONS /api/tables/orders/rows HTTP/1.1\r\nHost: localhost\r\n"
                + origin
                + "Access-Control-Request-Method: GET\r\n"
                + "Access-Control-Request-Headers: authorization\r\n\r\n");
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 204")
            .contains("access-control-allow-origin: https://shop.example")
            .contains("access-control-allow-headers: authorization")
            // Nothing that a browser sends by itself, such as a cookie, says who a client is.
            .doesNotContain("access-control-allow-credentials");
        for (String file : new String[] {"/client/orderwire.js", "/client/link.js?v=2"}) {
          socket.send("GET " + file + " HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
          assertThat(socket.readAnswer())
              .startsWith("HTTP/1.1 200")
              .contains("access-control-allow-origin: https://shop.example");
          // A cache must not give a page of another origin this answer.
          socket.send("GET " + file + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
          assertThat(socket.readAnswer())
              .contains("vary: origin")
              .doesNotContain("access-control-allow-origin");
        }
        socket.send("GET /client HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
        assertThat(socket.readAnswer())
            .startsWith("HTTP/1.1 200")
            .doesNotContain("access-control-allow-origin");
      }
      try (SseClient client =
          SseClient.connect(gateway.events(), "Origin", "https://shop.example")) {
        assertThat(client.header("content-security-policy")).startsWith("default-src 'none'");
        assertThat(client.header("access-control-allow-origin")).isEqualTo("https://shop.example");
        client.await("subscribed");
      }
    }
  }
}

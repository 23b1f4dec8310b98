package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Deflate;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The opening handshake of a WebSocket (RFC 6455, section 4.2), which is valid.
 *
 * @param explicit whether the client subscribes by messages
 */
record Handshake(Exchange exchange, boolean explicit) {
  /** The subprotocol of clients that subscribe by messages. */
  static final String EXPLICIT = "orderwire.v1";

  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /**
   * @throws OrderwireException if the request is not a handshake
   */
  static Handshake of(Exchange exchange) {
    HttpHeaders headers = exchange.request().headers();
    if (!exchange.request().method().equals(HttpMethod.GET)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        || !"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      throw new OrderwireException(
          ErrorCode.UPGRADE_REQUIRED,
          "/ws accepts only WebSocket connections (version 13): use ws:// or wss://");
    }
    if (headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "").isEmpty()) {
      throw new OrderwireException(
          ErrorCode.BAD_REQUEST, "the header Sec-WebSocket-Key is missing");
    }
    return new Handshake(exchange, isExplicit(Credential.offered(headers)));
  }

  private static boolean isExplicit(List<String> offered) {
    List<String> protocols = offered.stream().filter(each -> !Credential.isToken(each)).toList();
    if (!protocols.isEmpty() && !protocols.contains(EXPLICIT)) {
      throw new OrderwireException(
          ErrorCode.UNKNOWN_SUBPROTOCOL,
          "the subprotocol must be " + EXPLICIT + ", or none to subscribe by the URL");
    }
    return !protocols.isEmpty();
  }

  Channel channel() {
    return exchange.context().channel();
  }

  /** Whether the messages are compressed. */
  boolean deflates() {
    return Deflate.isOffered(
        exchange.request().headers().getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
  }

  FullHttpResponse response() {
    HttpHeaders asked = exchange.request().headers();
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    HttpHeaders headers = response.headers();
    headers
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, acceptOf(asked));
    exchange.requireTls(headers);
    List<String> offered = Credential.offered(asked);
    if (!offered.isEmpty()) {
      // Browsers end a connection that accepts none of the subprotocols that they offer.
      headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, explicit ? EXPLICIT : offered.getFirst());
    }
    if (deflates()) {
      headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, Deflate.AGREED);
    }
    return response;
  }

  private static String acceptOf(HttpHeaders asked) {
    String seed = asked.get(HttpHeaderNames.SEC_WEBSOCKET_KEY) + KEY_SUFFIX;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(seed.getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}

package dev.orderwire.gateway.http;

import dev.orderwire.gateway.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, which is answered once. For the connection's event loop.
 *
 * @param origin the allowed origin of the page that sent it; null if no page did
 */
record Exchange(ChannelHandlerContext context, HttpRequest request, @Nullable String origin) {
  /**
   * Writes and releases the answer.
   *
   * @param last whether the connection closes after it
   */
  ChannelFuture respond(Answer answer, boolean last) {
    int length = answer.body().readableBytes();
    boolean bodiless = request.method().equals(HttpMethod.HEAD);
    ByteBuf body = bodiless ? Unpooled.EMPTY_BUFFER : answer.body();
    if (bodiless) {
      answer.body().release();
    }
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
    HttpHeaders headers = response.headers();
    answer.headers().forEach(headers::set);
    BrowserRules.addTo(headers);
    requireTls(headers);
    if (Routes.isGuarded(request.uri())) {
      headers.add(HttpHeaderNames.VARY, HttpHeaderNames.AUTHORIZATION);
    }
    allowOrigin(headers);
    if (answer.hasLength()) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!request.protocolVersion().isKeepAliveDefault()) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return context.writeAndFlush(response);
  }

  /** Makes browsers use TLS for this host from now on, if this connection does (RFC 6797). */
  void requireTls(HttpHeaders headers) {
    String hsts = ServerTls.hsts(context.channel());
    if (hsts != null) {
      headers.set("strict-transport-security", hsts);
    }
  }

  /** Lets the page read the answer. */
  void allowOrigin(HttpHeaders headers) {
    if (!Routes.isForOtherOrigins(request.uri())) {
      return;
    }
    // Also without an origin: a cache must not give that answer to a page of another one.
    headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    if (origin != null) {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
  }

  /** The same request, answered by another handler of the connection. */
  Exchange in(ChannelHandlerContext other) {
    return new Exchange(other, request, origin);
  }
}

package dev.orderwire.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** One HTTP request, to be answered once; on the connection's event loop. */
record Exchange(ChannelHandlerContext context, HttpRequest request) {
  /**
   * Writes and releases the answer.
   *
   * @param last whether the connection ends with it
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
    headers.set("x-content-type-options", "nosniff");
    allowOrigin(headers);
    if (!answer.status().equals(HttpResponseStatus.NO_CONTENT)
        && !answer.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    HttpUtil.setKeepAlive(headers, request.protocolVersion(), !last);
    return context.writeAndFlush(response);
  }

  /** Lets the page that asks read the answer; that it may has been checked before. */
  void allowOrigin(HttpHeaders headers) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && Routes.isForOtherOrigins(request.uri())) {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    }
  }
}

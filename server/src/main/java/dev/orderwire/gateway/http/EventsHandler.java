package dev.orderwire.gateway.http;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Opening;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.ControlFrames;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of server-sent events: an HTTP answer without an end, on which the client sends nothing
 * more. One for each connection.
 */
final class EventsHandler extends ChannelInboundHandlerAdapter implements Opening {
  private static final Logger LOG = LoggerFactory.getLogger(EventsHandler.class);

  /** Browsers reconnect so many milliseconds after the connection is lost. */
  private static final int RETRY_MILLIS = 2_000;

  static final Map<String, String> HEADERS =
      Map.of(
          "content-type",
          "text/event-stream; charset=utf-8",
          "cache-control",
          "no-store",
          // A proxy must not buffer events.
          "x-accel-buffering",
          "no");

  private final Exchange exchange;
  private final Connection connection;
  private final Supplier<Frame> welcome;
  private final Traffic traffic;

  EventsHandler(
      Exchange exchange, Connection connection, Supplier<Frame> welcome, Traffic traffic) {
    this.exchange = exchange;
    this.connection = connection;
    this.welcome = welcome;
    this.traffic = traffic;
  }

  @Override
  public void opened() {
    Channel channel = connection.channel();
    // Without a length and without chunks: it ends with the connection.
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HEADERS.forEach(head.headers()::set);
    head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    BrowserRules.addTo(head.headers());
    exchange.requireTls(head.headers());
    exchange.allowOrigin(head.headers());
    Sockets.write(channel, head);
    channel.pipeline().remove(HttpResponseEncoder.class);
    channel.pipeline().remove(HttpRequestDecoder.class);
    Sockets.write(channel, ControlFrames.retry(RETRY_MILLIS));
    connection.opened();
    connection.send(welcome.get());
  }

  @Override
  public void refused(OrderwireException cause) {
    traffic.refused(cause.code());
    Answer answer = Answer.error(cause);
    exchange
        .in(connection.channel().pipeline().lastContext())
        .respond(answer, true)
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.writabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.gone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("Connection lost: {}", cause.toString());
    } else {
      LOG.error("Connection failed; closing it", cause);
    }
    Sockets.close(context.channel());
  }
}

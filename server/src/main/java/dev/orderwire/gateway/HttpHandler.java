package dev.orderwire.gateway;

import dev.orderwire.change.OrderwireException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the HTTP requests of one connection, one after the other, until one of them turns it into
 * a WebSocket or a stream of events.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
  /** What it takes to answer requests, the same for all connections. */
  record Tools(
      Routes routes,
      Origins origins,
      Upgrade upgrade,
      Blocking blocking,
      GatewayOptions options,
      Traffic traffic) {}

  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private final Tools tools;
  private final boolean admitted;
  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;

  /** Whether a request is being answered. */
  private boolean busy;

  /** Whether the connection ends with the answer that is under way. */
  private boolean ending;

  /**
   * @param admitted false where the server has as many connections as it takes
   */
  HttpHandler(Tools tools, boolean admitted) {
    this.tools = tools;
    this.admitted = admitted;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    closeAfter(context.channel(), Limit.HANDSHAKE_SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (busy || ending) {
        // A client that does not wait for its answer gets that one, and then the connection's end:
        // so it knows which requests to ask again (RFC 9112, section 9.3.2).
        ending = true;
        return;
      }
      if (message instanceof HttpRequest begun) {
        begin(context, begun);
      }
      if (message instanceof HttpContent content && request != null && !busy) {
        goOn(new Exchange(context, request), content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest begun) {
    request = begun;
    ending = !HttpUtil.isKeepAlive(begun);
    if (begun.decoderResult().isFailure()) {
      ending = true;
      refuse(new Exchange(context, begun), unreadable(begun.decoderResult().cause()));
    }
  }

  private static OrderwireException unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ ->
          new OrderwireException("url_too_long", "the URL is longer than this server reads");
      case TooLongHttpHeaderException _ ->
          new OrderwireException(
              "headers_too_large", "the headers are longer than this server reads");
      default ->
          new OrderwireException("bad_request", "not an HTTP request: " + cause.getMessage());
    };
  }

  private void goOn(Exchange exchange, HttpContent content) {
    if (content.content().isReadable()) {
      ending = true;
      refuse(
          exchange,
          new OrderwireException("body_not_allowed", "no request here has a body: leave it out"));
    } else if (content instanceof LastHttpContent) {
      answer(exchange);
    }
  }

  private void answer(Exchange exchange) {
    busy = true;
    try {
      if (!admitted) {
        ending = true;
        throw new OrderwireException(
            "over_limit", "the server has as many connections as it takes: try again later");
      }
      tools.origins().check(exchange.request().headers());
      switch (tools.routes().find(exchange.request())) {
        case Route.Now(Answer answer) -> respond(exchange, answer);
        case Route.Later(Supplier<Answer> work) ->
            tools.blocking().start(() -> respondLater(exchange, work));
        case Route.FromMysql(Supplier<Answer> work) ->
            tools.blocking().start(() -> respondInTurn(exchange, work));
        case Route.ToWebSocket(String uri) -> tools.upgrade().toWebSocket(exchange, uri);
        case Route.ToEvents(ClientMessage.Subscribe subscribe) ->
            tools.upgrade().toEvents(exchange, subscribe);
      }
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void refuse(Exchange exchange, OrderwireException cause) {
    tools.traffic().refused(cause.code());
    respond(exchange, Answer.error(cause));
  }

  private void respond(Exchange exchange, Answer answer) {
    var _ = write(exchange, answer);
  }

  private ChannelFuture write(Exchange exchange, Answer answer) {
    Channel channel = exchange.context().channel();
    busy = true;
    closeAfter(channel, Limit.STALL_SECONDS);
    ChannelFuture written = exchange.respond(answer, ending);
    return written.addListener(_ -> responded(channel, written.isSuccess()));
  }

  private void responded(Channel channel, boolean written) {
    busy = false;
    if (ending) {
      Sockets.close(channel);
    } else if (written) {
      closeAfter(channel, Limit.IDLE_SECONDS);
    }
  }

  /** On a virtual thread; until the client has taken the answer, so that few are held at once. */
  private boolean respondInTurn(Exchange exchange, Supplier<Answer> work) {
    return tools.blocking().inTurn(() -> respondLater(exchange, work));
  }

  private boolean respondLater(Exchange exchange, Supplier<Answer> work) {
    Answer answer = made(work);
    ChannelFuture written =
        Blocking.onLoop(exchange.context().channel().eventLoop(), () -> write(exchange, answer));
    return Blocking.await(written);
  }

  private Answer made(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (OrderwireException e) {
      LOG.warn("A request could not be answered: {}", e.getMessage());
      tools.traffic().refused(e.code());
      return Answer.error(Refusal.told(e));
    } catch (RuntimeException e) {
      LOG.error("A request could not be answered", e);
      return Answer.error(Refusal.internal(e));
    }
  }

  private void closeAfter(Channel channel, Limit seconds) {
    cancelDeadline();
    deadline = Sockets.closeAfter(channel, tools.options().limit(seconds));
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** Also where the connection has become something else, which has its own bounds. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancelDeadline();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("A connection broke: {}", cause.toString());
    } else {
      LOG.error("A connection failed and is closed", cause);
    }
    Sockets.close(context.channel());
  }
}

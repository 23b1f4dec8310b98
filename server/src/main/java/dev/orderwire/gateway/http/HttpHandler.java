package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the HTTP requests of one connection, one after the other, until one of them turns it into
 * a WebSocket or a stream of events.
 */
public final class HttpHandler extends ChannelInboundHandlerAdapter {
  /**
   * What it takes to answer requests, the same for all connections.
   *
   * @param talking the connections that are still in HTTP
   */
  public record Tools(
      Routes routes,
      Origins origins,
      Upgrade upgrade,
      Blocking blocking,
      GatewayOptions options,
      Traffic traffic,
      ChannelGroup talking) {}

  /** The server is going away: told to each connection that is still in HTTP. */
  public enum Farewell {
    GOING_AWAY
  }

  private enum Phase {
    /** A request is waited for, or has come in part. */
    READING,
    ANSWERING,
    OVER
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private final Tools tools;
  private final boolean admitted;
  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;

  private Phase phase = Phase.READING;

  /** Whether the connection ends with the answer to the present request. */
  private boolean ending;

  /**
   * @param admitted false where the server has as many connections as it takes
   */
  public HttpHandler(Tools tools, boolean admitted) {
    this.tools = tools;
    this.admitted = admitted;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    tools.talking().add(context.channel());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    closeAfter(context.channel(), Limit.HANDSHAKE_SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (phase != Phase.READING) {
        // A client that does not wait for its answer gets that one, and then the connection's end:
        // so it knows which requests to ask again (RFC 9112, section 9.3.2).
        ending = true;
        return;
      }
      if (message instanceof HttpRequest begun) {
        begin(context, begun);
      }
      if (message instanceof HttpContent content && request != null && phase == Phase.READING) {
        goOn(new Exchange(context, request, null), content);
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
      refuse(new Exchange(context, begun, null), unreadable(begun.decoderResult().cause()));
    }
  }

  private static OrderwireException unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ ->
          new OrderwireException(
              ErrorCode.URL_TOO_LONG, "the URL is longer than this server reads");
      case TooLongHttpHeaderException _ ->
          new OrderwireException(
              ErrorCode.HEADERS_TOO_LARGE, "the headers are longer than this server reads");
      default ->
          new OrderwireException(
              ErrorCode.BAD_REQUEST, "not an HTTP request: " + cause.getMessage());
    };
  }

  private void goOn(Exchange exchange, HttpContent content) {
    if (content.content().isReadable()) {
      ending = true;
      refuse(
          exchange,
          new OrderwireException(
              ErrorCode.BODY_NOT_ALLOWED, "no request here has a body: leave it out"));
    } else if (content instanceof LastHttpContent) {
      answer(exchange);
    }
  }

  private void answer(Exchange asked) {
    phase = Phase.ANSWERING;
    cancelDeadline();
    Exchange exchange = asked;
    try {
      if (!admitted) {
        ending = true;
        throw new OrderwireException(
            ErrorCode.OVER_LIMIT,
            "the server has as many connections as it takes: try again later");
      }
      Optional<String> origin = tools.origins().check(asked.request().headers());
      exchange = new Exchange(asked.context(), asked.request(), origin.orElse(null));
      go(exchange, tools.routes().find(asked.request()));
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void go(Exchange exchange, Route route) {
    switch (route) {
      case Route.Now(Answer answer) -> respond(exchange, answer);
      case Route.Later(Supplier<Answer> work) ->
          tools.blocking().startUnbounded(() -> respondLater(exchange, work));
      case Route.FromMysql(Supplier<Answer> work) ->
          tools.blocking().start(() -> respondInTurn(exchange, work));
      case Route.ToWebSocket(String uri) -> tools.upgrade().toWebSocket(exchange, uri);
      case Route.ToEvents(ClientMessage.Subscribe subscribe) ->
          tools.upgrade().toEvents(exchange, subscribe);
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
    phase = Phase.ANSWERING;
    closeAfter(channel, Limit.STALL_SECONDS);
    ChannelFuture written = exchange.respond(answer, ending);
    return written.addListener(_ -> responded(channel, written.isSuccess()));
  }

  private void responded(Channel channel, boolean written) {
    phase = ending ? Phase.OVER : Phase.READING;
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
        Blocking.onLoop(
            exchange.context().channel().eventLoop(), answer.body(), () -> write(exchange, answer));
    return Blocking.await(written);
  }

  private Answer made(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (OrderwireException e) {
      LOG.warn("A request could not be answered: {}", e.getMessage());
      tools.traffic().refused(e.code());
      return Answer.error(PublicError.of(e));
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A request could not be answered", e);
      return Answer.error(PublicError.of(e));
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
    tools.talking().remove(context.channel());
    cancelDeadline();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof Farewell) {
      ending = true;
      if (phase == Phase.READING) {
        Sockets.close(context.channel());
      }
    }
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

package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.catchup.Failures;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
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
 * Answers the HTTP requests of one connection, one at a time, until a request turns it into a
 * WebSocket or a stream of events.
 */
public final class HttpHandler extends ChannelInboundHandlerAdapter {
  /**
   * The parts that all connections share.
   *
   * @param httpConnections the connections that still speak HTTP
   */
  public record Tools(
      Routes routes,
      Origins origins,
      Entrance entrance,
      Upgrade upgrade,
      Blocking blocking,
      Failures failures,
      GatewayOptions options,
      Traffic traffic,
      ChannelGroup httpConnections) {}

  /** Tells each connection that still speaks HTTP that the server shuts down. */
  public enum Shutdown {
    STARTED
  }

  private enum Phase {
    /** No request has arrived in full. */
    READING,
    ANSWERING,
    DONE
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private final Tools tools;
  private final boolean admitted;
  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;

  private Phase phase = Phase.READING;

  /** Whether the connection closes after the answer to the current request. */
  private boolean ending;

  /**
   * @param admitted false if the server has its maximum of connections
   */
  public HttpHandler(Tools tools, boolean admitted) {
    this.tools = tools;
    this.admitted = admitted;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    tools.httpConnections().add(context.channel());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    closeAfter(context.channel(), Limit.HANDSHAKE_SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (phase != Phase.READING) {
        // A client that sends a request before the answer to its last one gets that answer, and the
        // connection closes: so it knows which requests to repeat (RFC 9112, section 9.3.2).
        ending = true;
        return;
      }
      if (message instanceof HttpRequest begun) {
        begin(context, begun);
      }
      if (message instanceof HttpContent content && request != null && phase == Phase.READING) {
        read(new Exchange(context, request, null), content);
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
          new OrderwireException(ErrorCode.URL_TOO_LONG, "the URL is too long");
      case TooLongHttpHeaderException _ ->
          new OrderwireException(ErrorCode.HEADERS_TOO_LARGE, "the headers are too large");
      default ->
          new OrderwireException(
              ErrorCode.BAD_REQUEST, "not an HTTP request: " + cause.getMessage());
    };
  }

  private void read(Exchange exchange, HttpContent content) {
    if (content.content().isReadable()) {
      ending = true;
      refuse(
          exchange,
          new OrderwireException(ErrorCode.BODY_NOT_ALLOWED, "requests must not have a body"));
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
        if (!Routes.isStatus(asked.request().uri())) {
          throw overLimit();
        }
      }
      HttpRequest sent = asked.request();
      Optional<String> origin = tools.origins().check(sent.headers(), Routes.isForAnyHost(sent));
      exchange = new Exchange(asked.context(), sent, origin.orElse(null));
      if (!tools.entrance().guards(sent.uri()) || sent.method().equals(HttpMethod.OPTIONS)) {
        follow(exchange, Visitor.ANYBODY);
        return;
      }
      admit(exchange);
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void admit(Exchange exchange) {
    Optional<String> credential;
    try {
      credential = Credential.of(exchange.request());
    } catch (OrderwireException e) {
      notAdmitted(exchange, e);
      return;
    }
    if (credential.isEmpty()) {
      follow(exchange, (Visitor) null);
      return;
    }
    tools
        .entrance()
        .admit(
            credential.get(),
            exchange.context().channel(),
            visitor -> follow(exchange, visitor),
            cause -> notAdmitted(exchange, cause));
  }

  /** Browsers do not show a page why its WebSocket was refused, unless it was opened. */
  private void notAdmitted(Exchange exchange, OrderwireException cause) {
    if (!exchange.context().channel().isActive()) {
      return;
    }
    try {
      if (!Routes.isWebSocket(exchange.request().uri())) {
        throw cause;
      }
      tools.upgrade().toRefusal(exchange, cause);
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void follow(Exchange exchange, @Nullable Visitor visitor) {
    if (!exchange.context().channel().isActive()) {
      return;
    }
    try {
      follow(exchange, tools.routes().find(exchange.request(), visitor));
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private OrderwireException overLimit() {
    tools
        .traffic()
        .refuses(
            Use.of(Resource.CONNECTIONS),
            "the server has its maximum of %d connections. Run another server beside it"
                .formatted(tools.options().limit(Limit.CONNECTIONS)),
            false);
    return new OrderwireException(
        ErrorCode.OVER_LIMIT, "the server has its maximum of connections: try again later");
  }

  private void follow(Exchange exchange, Route route) {
    switch (route) {
      case Route.Now(Answer answer) -> respond(exchange, answer);
      case Route.Later(Supplier<Answer> work) ->
          tools.blocking().startUnbounded(() -> respondLater(exchange, () -> made(work)));
      case Route.FromMysql(Use use, Supplier<Answer> work) ->
          tools.blocking().start(() -> respondInTurn(exchange, () -> read(use, work)));
      case Route.ToWebSocket(String uri, Visitor visitor) ->
          tools.upgrade().toWebSocket(exchange, uri, visitor);
      case Route.ToEvents(ClientMessage.Subscribe subscribe, Visitor visitor) ->
          tools.upgrade().toEvents(exchange, subscribe, visitor);
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
    phase = ending ? Phase.DONE : Phase.READING;
    if (ending) {
      Sockets.close(channel);
    } else if (written) {
      closeAfter(channel, Limit.IDLE_SECONDS);
    }
  }

  /** On a virtual thread, until the client has the answer: so that few answers are in memory. */
  private boolean respondInTurn(Exchange exchange, Supplier<Answer> work) {
    return tools.blocking().inTurn(() -> respondLater(exchange, work));
  }

  private boolean respondLater(Exchange exchange, Supplier<Answer> work) {
    Answer answer = work.get();
    ChannelFuture written =
        Blocking.onLoop(
            exchange.context().channel().eventLoop(), answer.body(), () -> write(exchange, answer));
    return Blocking.await(written);
  }

  private static Answer made(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("Failed to answer a request", e);
      return Answer.error(PublicError.unexpected(e));
    }
  }

  private Answer read(Use use, Supplier<Answer> work) {
    try {
      Answer answer = work.get();
      tools.failures().served(use);
      return answer;
    } catch (RuntimeException | OutOfMemoryError e) {
      OrderwireException told = tools.failures().failed(use, e);
      tools.traffic().refused(told.code());
      return Answer.error(told);
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

  /** Also called on an upgrade; what follows has its own limits. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    tools.httpConnections().remove(context.channel());
    cancelDeadline();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof Shutdown) {
      ending = true;
      if (phase == Phase.READING) {
        Sockets.close(context.channel());
      }
    }
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

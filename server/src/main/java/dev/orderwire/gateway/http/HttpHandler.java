package dev.orderwire.gateway.http;

import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.limits.Allowance;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.gateway.proxy.Peer;
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
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
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
      Limits limits,
      Upgrade upgrade,
      Blocking blocking,
      StoredAnswers stored,
      GatewayOptions options,
      Traffic traffic,
      Draining draining,
      ChannelGroup httpConnections) {}

  /** Tells each connection that still speaks HTTP that it ends. A request is answered before. */
  public enum End {
    /** If no request arrives soon: one may be on its way. */
    SOON,
    NOW
  }

  private enum Phase {
    /** No request has arrived in full. */
    READING,
    ANSWERING,
    DONE
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private final Tools tools;
  private final Caller caller;
  private final Deadline deadline;
  private @Nullable HttpRequest request;

  private Phase phase = Phase.READING;

  /** Whether the connection closes after the answer to the current request. */
  private boolean ending;

  /**
   * @param admitted false if the server has its maximum of connections
   * @param peer where the connection comes from
   */
  public HttpHandler(Tools tools, boolean admitted, Peer peer, Allowance allowance) {
    this.tools = tools;
    this.deadline = new Deadline(tools.options(), tools.traffic());
    this.caller = new Caller(peer, admitted, allowance, tools.options(), tools.traffic());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    tools.httpConnections().add(context.channel());
    if (context.channel().isActive()) {
      // After the header of a proxy.
      deadline.untilFirstRequest(context.channel());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline.untilFirstRequest(context.channel());
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
    ending = ending || !HttpUtil.isKeepAlive(begun);
    OrderwireException problem = Malformed.problemOf(begun, tools.traffic());
    if (problem != null) {
      ending = true;
      refuse(new Exchange(context, begun, null), problem);
    }
  }

  private void read(Exchange exchange, HttpContent content) {
    if (content.content().isReadable()) {
      ending = true;
      refuse(exchange, Malformed.withBody());
    } else if (content instanceof LastHttpContent) {
      answer(exchange);
    }
  }

  private void answer(Exchange asked) {
    phase = Phase.ANSWERING;
    deadline.cancel();
    Exchange exchange = asked;
    try {
      HttpRequest sent = asked.request();
      countRequest(sent);
      Optional<String> origin =
          tools
              .origins()
              .check(
                  sent.headers(),
                  caller.isProxied() || Routes.isForAnyHost(sent),
                  caller.isSecure(asked));
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

  /** A client over a limit is closed: a new connection counts, too. */
  private void countRequest(HttpRequest sent) {
    boolean last = ending;
    ending = true;
    caller.asks(sent);
    ending = last || !caller.isAdmitted();
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
            visitor -> admitted(exchange, visitor),
            cause -> notAdmitted(exchange, cause));
  }

  private void admitted(Exchange exchange, Visitor visitor) {
    Identity identity = visitor.identity();
    try {
      if (identity != null) {
        tools.limits().request(identity);
      }
    } catch (OrderwireException e) {
      ending = true;
      notAdmitted(exchange, e);
      return;
    }
    follow(exchange, visitor);
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
      tools.upgrade().toRefusal(Handshake.of(exchange), caller, cause);
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void follow(Exchange exchange, @Nullable Visitor visitor) {
    if (!exchange.context().channel().isActive()) {
      return;
    }
    try {
      Identity identity = visitor == null ? null : visitor.identity();
      follow(exchange, identity, tools.routes().find(exchange.request(), visitor));
    } catch (OrderwireException e) {
      refuse(exchange, e);
    }
  }

  private void follow(Exchange exchange, @Nullable Identity identity, Route route) {
    switch (route) {
      case Route.Now(Answer answer) -> respond(exchange, answer);
      case Route.Later(Supplier<Answer> work) ->
          tools
              .blocking()
              .startUnbounded(() -> send(exchange, new StoredAnswers.Stored(made(work), () -> {})));
      case Route.FromMysql(Use use, Supplier<Answer> work) ->
          fromMysql(exchange, identity, use, work);
      case Route.ToWebSocket(String uri, Visitor visitor) ->
          toWebSocket(exchange, uri, identity, visitor);
      case Route.ToEvents(ClientMessage.Subscribe subscribe, Visitor visitor) -> {
        caller.stays(identity);
        tools.upgrade().toEvents(exchange, caller, subscribe, visitor);
      }
    }
  }

  private void fromMysql(
      Exchange exchange, @Nullable Identity identity, Use use, Supplier<Answer> work) {
    tools
        .stored()
        .make(
            exchange.context().channel(),
            caller.address(),
            identity,
            use,
            work,
            stored -> send(exchange, stored));
  }

  private void toWebSocket(
      Exchange exchange, String uri, @Nullable Identity identity, @Nullable Visitor visitor) {
    // Before the connection counts as the client's, which it keeps only as a WebSocket.
    Handshake handshake = Handshake.of(exchange);
    try {
      caller.stays(identity);
    } catch (OrderwireException e) {
      tools.upgrade().toRefusal(handshake, caller, e);
      return;
    }
    tools.upgrade().toWebSocket(handshake, caller, uri, visitor);
  }

  private void refuse(Exchange exchange, OrderwireException cause) {
    tools.traffic().refused(cause.code());
    Answer answer = Answer.error(cause);
    respond(
        exchange,
        cause.code() == ErrorCode.METHOD_NOT_ALLOWED
            ? answer.with("allow", Routes.methods(exchange.request().uri()))
            : answer);
  }

  private void respond(Exchange exchange, Answer answer) {
    var _ = write(exchange, answer);
  }

  private ChannelFuture write(Exchange exchange, Answer answer) {
    Channel channel = exchange.context().channel();
    phase = Phase.ANSWERING;
    deadline.closeAfter(channel, Limit.STALL_SECONDS);
    ending |= tools.draining().hasBegun();
    ChannelFuture written = exchange.respond(answer, ending);
    return written.addListener(_ -> responded(channel, written.isSuccess()));
  }

  private void responded(Channel channel, boolean written) {
    phase = ending ? Phase.DONE : Phase.READING;
    if (ending) {
      Sockets.close(channel);
    } else if (written) {
      deadline.closeAfter(channel, Limit.IDLE_SECONDS);
    }
  }

  /** On a virtual thread. */
  private void send(Exchange exchange, StoredAnswers.Stored stored) {
    Answer answer = stored.answer();
    try {
      var _ =
          Blocking.onLoop(
              exchange.context().channel().eventLoop(),
              answer.body(),
              () -> write(exchange, answer).addListener(_ -> stored.taken().run()));
    } catch (RuntimeException e) {
      stored.taken().run();
      throw e;
    }
  }

  private static Answer made(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("Failed to answer a request", e);
      return Answer.error(PublicError.unexpected(e));
    }
  }

  /** Also called on an upgrade; what follows has its own limits. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    tools.httpConnections().remove(context.channel());
    deadline.cancel();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof End end)) {
      return;
    }
    if (phase == Phase.READING) {
      switch (end) {
        case SOON -> {
          if (!ending) {
            deadline.closeSoon(context.channel());
          }
        }
        case NOW -> Sockets.close(context.channel());
      }
    }
    ending = true;
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

package dev.orderwire.gateway.http;

import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.fanout.Subscription;
import dev.orderwire.gateway.limits.Allowance;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.ClientMessage.Auth;
import dev.orderwire.gateway.protocol.ClientMessage.Ping;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.ClientMessage.Unsubscribe;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Deflate;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Reads the messages of a client from its WebSocket. One for each connection. */
final class WebSocketHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandler.class);

  /** The first of the reserved bits (RFC 7692, section 7.2.3.1). */
  static final int DEFLATED = 4;

  /** How many messages may wait while a token is checked. */
  private static final int MOST_WAITING = 100;

  private final Connection connection;
  private final boolean explicit;
  private final Allowance allowance;
  private final Subscriber subscriber;
  private final Entrance entrance;
  private final GatewayOptions options;
  private final int mostBytes;
  private final Fragments fragments;
  private final Queue<String> waiting = new ArrayDeque<>(0);

  /** Whether a token is being checked. What follows it waits. */
  private boolean authenticating;

  /** Ends a connection whose client does not authenticate. */
  private @Nullable Future<?> deadline;

  /** The view that a plain client is subscribed to, once it has said who it is; null for none. */
  private @Nullable String plainUri;

  WebSocketHandler(
      Connection connection,
      boolean explicit,
      Allowance allowance,
      Subscriber subscriber,
      Entrance entrance,
      GatewayOptions options) {
    this.connection = connection;
    this.explicit = explicit;
    this.allowance = allowance;
    this.subscriber = subscriber;
    this.entrance = entrance;
    this.options = options;
    this.mostBytes = options.intLimit(Limit.MESSAGE_BYTES);
    this.fragments = new Fragments(mostBytes);
  }

  /**
   * Begins with a client that is known, or waits until it says who it is. A plain client, which
   * requests no subprotocol, is then subscribed to the view of its URL.
   */
  void begin(String uri) {
    plainUri = explicit ? null : uri;
    if (connection.isAuthenticated()) {
      subscribePlain();
    } else {
      deadline =
          Sockets.later(
              connection.channel().eventLoop(),
              this::tooLate,
              TimeUnit.SECONDS.toNanos(options.limit(Limit.AUTH_SECONDS)));
    }
  }

  private void tooLate() {
    allowance.exceeded(Limit.AUTH_SECONDS);
    end(
        new OrderwireException(
            ErrorCode.NOT_AUTHENTICATED,
            "send auth with a token within %d seconds of connecting"
                .formatted(options.limit(Limit.AUTH_SECONDS))));
  }

  /** Tells the client why it is not let in, and closes the connection. */
  void end(OrderwireException cause) {
    connection.answer(Messages.error(null, cause));
    connection.breakOff(cause);
  }

  private void subscribePlain() {
    String uri = plainUri;
    plainUri = null;
    if (uri == null) {
      return;
    }
    try {
      subscribe(Query.of(uri, Query.OF_SUBSCRIPTION).subscribe());
    } catch (OrderwireException e) {
      connection.refuse(null, e);
    }
  }

  private void subscribe(Subscribe request) {
    subscriber.subscribe(connection, request, cause -> connection.refuse(request.ref(), cause));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      connection.heard();
      switch (message) {
        case WebSocketFrame _ when isTooMuch() -> {}
        case WebSocketFrame frame when !isAllowed(frame) ->
            connection.close(CloseReason.PROTOCOL_ERROR);
        case CloseWebSocketFrame close -> connection.closedByClient(close.statusCode());
        case PingWebSocketFrame ping -> connection.pong(ping.content());
        case PongWebSocketFrame _ -> {}
        case WebSocketFrame data -> data(context, data);
        default -> throw new IllegalStateException("not a frame: " + message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Counts a frame. A client that sends too many is closed, and nothing more is read of it. */
  private boolean isTooMuch() {
    if (connection.isClosing()) {
      return false;
    }
    try {
      allowance.frame();
      return false;
    } catch (OrderwireException e) {
      end(e);
      connection.channel().config().setAutoRead(false);
      return true;
    }
  }

  /** Only the first reserved bit has a meaning, and only at the beginning of a message. */
  private static boolean isAllowed(WebSocketFrame frame) {
    return frame.rsv() == 0 || (frame.rsv() == DEFLATED && frame instanceof TextWebSocketFrame);
  }

  private void data(ChannelHandlerContext context, WebSocketFrame frame) {
    if (connection.isClosing()) {
      return;
    }
    if (!fragments.areExpected() && !(frame instanceof TextWebSocketFrame)) {
      connection.close(CloseReason.BAD_REQUEST);
    } else if (!fragments.areExpected() && frame.isFinalFragment()) {
      message(frame.content(), frame.rsv() == DEFLATED);
    } else if (!fragments.add(context.alloc(), frame)) {
      tooLarge();
    } else if (frame.isFinalFragment()) {
      try {
        message(fragments.joined(), fragments.areDeflated());
      } finally {
        fragments.drop();
      }
    }
  }

  private void tooLarge() {
    allowance.exceeded(Limit.MESSAGE_BYTES);
    connection.close(CloseReason.TOO_LARGE);
  }

  private void message(ByteBuf bytes, boolean compressed) {
    if (!compressed) {
      text(bytes);
      return;
    }
    ByteBuf plain;
    try {
      plain = Deflate.inflate(bytes, mostBytes);
    } catch (OrderwireException e) {
      connection.close(CloseReason.PROTOCOL_ERROR);
      return;
    }
    if (plain == null) {
      tooLarge();
      return;
    }
    try {
      text(plain);
    } finally {
      plain.release();
    }
  }

  private void text(ByteBuf utf8) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      connection.close(CloseReason.NOT_UTF8);
      return;
    }
    if (!authenticating) {
      read(text);
    } else if (waiting.size() < MOST_WAITING) {
      waiting.add(text);
    } else {
      connection.close(CloseReason.BAD_REQUEST);
    }
  }

  private void read(String text) {
    String ref = null;
    try {
      JsonNode message = Json.read("a message", text);
      ref = ClientMessage.refOf(message);
      handle(ClientMessage.of(message));
    } catch (OrderwireException e) {
      connection.refuse(ref, e);
    }
  }

  private void handle(ClientMessage message) {
    switch (message) {
      case Subscribe subscribe -> subscribe(subscribe);
      case Unsubscribe(String ref, String view) -> {
        Subscription subscription =
            connection
                .subscription(view)
                .orElseThrow(() ->
                    new OrderwireException(
                        ErrorCode.UNKNOWN_VIEW, "this connection has no view '" + view + "'"));
        connection.end(subscription);
        connection.answer(Messages.unsubscribed(ref, view));
      }
      case Auth(String ref, String token) -> authenticate(ref, token);
      case Ping(String ref) -> connection.answer(Messages.pong(ref));
    }
  }

  private void authenticate(@Nullable String ref, String token) {
    if (entrance.isOpen()) {
      throw new OrderwireException(
          ErrorCode.AUTH_NOT_CONFIGURED,
          "this server does not authenticate clients: do not send auth");
    }
    authenticating = true;
    // The check may take as long as the client has.
    cancelDeadline();
    // What the client sends next waits in its socket.
    connection.channel().config().setAutoRead(false);
    entrance.admit(
        token,
        connection.channel(),
        visitor -> answered(() -> admitted(ref, visitor)),
        cause -> answered(() -> refused(ref, cause)));
  }

  private void answered(Runnable result) {
    authenticating = false;
    if (!connection.isClosing() && connection.channel().isActive()) {
      result.run();
      while (!authenticating && !waiting.isEmpty() && !connection.isClosing()) {
        read(waiting.remove());
      }
    }
    if (!authenticating && !connection.isClosing()) {
      connection.channel().config().setAutoRead(true);
    }
  }

  private void admitted(@Nullable String ref, Visitor visitor) {
    Identity identity = Objects.requireNonNull(visitor.identity());
    try {
      if (!connection.isAuthenticated()) {
        allowance.identify(identity);
      }
    } catch (OrderwireException e) {
      end(e);
      return;
    }
    try {
      subscriber.authenticate(connection, visitor);
    } catch (OrderwireException e) {
      connection.refuse(ref, e);
      return;
    }
    cancelDeadline();
    Instant expires = identity.expires();
    connection.answer(
        Messages.authenticated(
            ref,
            expires == null
                ? null
                : Math.max(0, Duration.between(Instant.now(), expires).toSeconds())));
    subscribePlain();
  }

  /** A client that was let in before keeps its connection until its token runs out. */
  private void refused(@Nullable String ref, OrderwireException cause) {
    if (connection.isAuthenticated() && cause.code().retryable()) {
      connection.answer(Messages.error(ref, cause));
    } else if (connection.isAuthenticated()) {
      connection.refuse(ref, cause);
    } else {
      end(cause);
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.writabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
    connection.gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    fragments.drop();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      if (corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
        tooLarge();
      } else {
        connection.close(reasonOf(corrupted.closeStatus()));
      }
    } else if (cause instanceof IOException) {
      LOG.debug("Connection lost: {}", cause.toString());
      Sockets.close(context.channel());
    } else {
      LOG.error("Connection failed; closing it", cause);
      connection.close(CloseReason.INTERNAL_ERROR);
    }
  }

  private static CloseReason reasonOf(WebSocketCloseStatus status) {
    return status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)
        ? CloseReason.NOT_UTF8
        : CloseReason.PROTOCOL_ERROR;
  }
}

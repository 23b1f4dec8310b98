package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.Deflate;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns an HTTP connection into a WebSocket or a stream of events, without HTTP in its pipeline.
 */
public final class Upgrade {
  /** The subprotocol of clients that subscribe by messages. */
  static final String EXPLICIT = "orderwire.v1";

  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final EventLoops loops;
  private final Subscriber subscriber;
  private final Entrance entrance;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final WebSocketDecoderConfig decoding;
  private final WebSocketDecoderConfig decodingDeflated;

  public Upgrade(
      EventLoops loops,
      Subscriber subscriber,
      Entrance entrance,
      GatewayOptions options,
      Traffic traffic) {
    this.loops = loops;
    this.subscriber = subscriber;
    this.entrance = entrance;
    this.options = options;
    this.traffic = traffic;
    this.decoding =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(options.intLimit(Limit.MESSAGE_BYTES))
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build();
    this.decodingDeflated = decoding.toBuilder().allowExtensions(true).build();
  }

  /**
   * The opening handshake (RFC 6455, section 4.2).
   *
   * @param visitor null if the client has not said who it is
   * @throws OrderwireException if the request is not a handshake
   */
  void toWebSocket(Exchange exchange, String uri, @Nullable Visitor visitor) {
    WebSocketHandler handler = open(exchange, visitor);
    handler.begin(uri);
    // Last: it passes on what the client has sent already.
    exchange.context().channel().pipeline().remove(HttpRequestDecoder.class);
  }

  /**
   * Opens a WebSocket only to say why it is closed.
   *
   * @throws OrderwireException if the request is not a handshake
   */
  void toRefusal(Exchange exchange, OrderwireException cause) {
    open(exchange, null).end(cause);
    exchange.context().channel().pipeline().remove(HttpRequestDecoder.class);
  }

  private WebSocketHandler open(Exchange exchange, @Nullable Visitor visitor) {
    HttpHeaders asked = exchange.request().headers();
    check(exchange);
    List<String> offered = Credential.offered(asked);
    boolean explicit = isExplicit(offered);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, acceptOf(asked));
    exchange.requireTls(response.headers());
    if (!offered.isEmpty()) {
      // Browsers end a connection that accepts none of the subprotocols that they offer.
      response
          .headers()
          .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, explicit ? EXPLICIT : offered.getFirst());
    }
    boolean deflates =
        Deflate.isOffered(asked.getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
    if (deflates) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, Deflate.AGREED);
    }
    Channel channel = exchange.context().channel();
    Connection connection =
        loops.connection(channel, deflates ? Form.DEFLATED : Form.PLAIN, explicit, visitor);
    WebSocketHandler handler =
        new WebSocketHandler(connection, explicit, subscriber, entrance, options);
    Sockets.write(channel, response);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(HttpResponseEncoder.class);
    pipeline.addLast(new WebSocket13FrameDecoder(deflates ? decodingDeflated : decoding));
    pipeline.addLast(handler);
    pipeline.remove(exchange.context().handler());
    connection.opened();
    connection.send(welcome(channel));
    return handler;
  }

  private static void check(Exchange exchange) {
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

  /** Answers once the subscription is accepted or refused. */
  void toEvents(Exchange exchange, ClientMessage.Subscribe request, Visitor visitor) {
    Channel channel = exchange.context().channel();
    Connection connection = loops.connection(channel, Form.EVENT, false, visitor);
    EventsHandler handler =
        new EventsHandler(exchange, connection, () -> welcome(channel), traffic);
    channel.pipeline().addLast(handler);
    channel.pipeline().remove(exchange.context().handler());
    try {
      subscriber.subscribe(connection, request, handler);
    } catch (OrderwireException e) {
      handler.refused(e);
    }
  }

  private Frame welcome(Channel channel) {
    return Messages.welcome(channel.id().asShortText(), options.heartbeat());
  }
}

package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import org.jspecify.annotations.Nullable;

/**
 * Turns an HTTP connection into a WebSocket or a stream of events, without HTTP in its pipeline.
 */
public final class Upgrade {
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
   * Opens a WebSocket.
   *
   * @param visitor null if the client has not said who it is
   */
  void toWebSocket(Handshake handshake, Caller caller, String uri, @Nullable Visitor visitor) {
    WebSocketHandler handler = open(handshake, caller, visitor);
    handler.begin(uri);
    // Last: it passes on what the client has sent already.
    handshake.channel().pipeline().remove(HttpRequestDecoder.class);
  }

  /** Opens a WebSocket only to say why it is closed. */
  void toRefusal(Handshake handshake, Caller caller, OrderwireException cause) {
    open(handshake, caller, null).end(cause);
    handshake.channel().pipeline().remove(HttpRequestDecoder.class);
  }

  private WebSocketHandler open(Handshake handshake, Caller caller, @Nullable Visitor visitor) {
    Exchange exchange = handshake.exchange();
    Channel channel = handshake.channel();
    boolean explicit = handshake.explicit();
    boolean deflates = handshake.deflates();
    Connection connection =
        loops.connection(
            channel, deflates ? Form.DEFLATED : Form.PLAIN, explicit, visitor, caller.address());
    caller.allowance().keptBy(connection::expel);
    WebSocketHandler handler =
        new WebSocketHandler(
            connection, explicit, caller.allowance(), subscriber, entrance, options);
    Sockets.write(channel, handshake.response());
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(HttpResponseEncoder.class);
    pipeline.addLast(new WebSocket13FrameDecoder(deflates ? decodingDeflated : decoding));
    pipeline.addLast(handler);
    pipeline.remove(exchange.context().handler());
    connection.opened();
    connection.send(welcome(connection));
    return handler;
  }

  /** Answers once the subscription is accepted or refused. */
  void toEvents(
      Exchange exchange, Caller caller, ClientMessage.Subscribe request, Visitor visitor) {
    Channel channel = exchange.context().channel();
    Connection connection = loops.connection(channel, Form.EVENT, false, visitor, caller.address());
    caller.allowance().keptBy(connection::expel);
    EventsHandler handler =
        new EventsHandler(exchange, connection, () -> welcome(connection), traffic);
    channel.pipeline().addLast(handler);
    channel.pipeline().remove(exchange.context().handler());
    try {
      subscriber.subscribe(connection, request, handler);
    } catch (OrderwireException e) {
      handler.refused(e);
    }
  }

  private Frame welcome(Connection connection) {
    return Messages.welcome(connection.registration().id().toString(), options.heartbeat());
  }
}

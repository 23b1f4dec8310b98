package dev.orderwire.gateway.fanout;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.ControlFrames;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client and its subscriptions. For its channel's event loop, except where noted. */
public final class Connection extends IndexedList.Member {
  /** How long a client may take to answer the close frame of a WebSocket. */
  private static final int CLOSE_SECONDS = 5;

  private final Channel channel;
  private final Form form;
  private final boolean explicit;
  private final LoopContext loop;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Gate gate;
  private final ClientSocket output;
  private final Subscriptions subscriptions;
  private final Expiry expiry = new Expiry(this);
  private final Registration registration;
  private @Nullable Visitor visitor;
  private int turn;
  private int errors;
  private int silentBeats;

  /** Whether the client was asked to reconnect to another server. */
  private boolean leaving;

  private boolean closing;

  /**
   * @param explicit whether the client subscribes by messages, and not by its URL
   * @param visitor who the client is; null if it has not said so yet
   * @param address of the client; null if its proxy does not tell it
   */
  Connection(
      Channel channel,
      Form form,
      boolean explicit,
      @Nullable Visitor visitor,
      @Nullable InetAddress address,
      LoopContext loop,
      GatewayOptions options,
      Traffic traffic) {
    this.channel = channel;
    this.form = form;
    this.explicit = explicit;
    this.visitor = visitor;
    this.loop = loop;
    this.options = options;
    this.traffic = traffic;
    this.gate = new Gate(channel);
    this.output = new ClientSocket(channel, form, loop.pump().counters());
    this.registration = new Registration(this, loop.census(), address);
    this.subscriptions = new Subscriptions(loop.pump(), traffic, registration);
  }

  /** What administrators are told of it. */
  public Registration registration() {
    return registration;
  }

  public Channel channel() {
    return channel;
  }

  public Pump pump() {
    return loop.pump();
  }

  /** Lets a thread wait until the channel is writable. For any thread. */
  public Gate gate() {
    return gate;
  }

  /**
   * Who the client is.
   *
   * @throws OrderwireException {@code not_authenticated} if it has not said so yet
   */
  public Visitor visitor() {
    Visitor known = visitor;
    if (known == null) {
      throw new OrderwireException(
          ErrorCode.NOT_AUTHENTICATED, "say who you are first: send auth with a token");
    }
    return known;
  }

  public boolean isAuthenticated() {
    return visitor != null;
  }

  /** Takes note of who the client is, or of its new token. */
  public void authenticated(Visitor admitted) {
    visitor = admitted;
    expiry.follow(admitted.identity());
    registration.changed();
    // It may have been revoked while it was checked.
    closeIfRevoked();
  }

  /** Ends the connection if its client is revoked. */
  void closeIfRevoked() {
    if (visitor != null && visitor.isRevoked()) {
      expel(Admission.revoked());
    }
  }

  /** Tells the client why its connection ends, and closes it. */
  public void expel(OrderwireException cause) {
    if (closing) {
      return;
    }
    if (form.transport() == Transport.WEBSOCKET) {
      answer(Messages.error(null, cause));
    }
    breakOff(cause);
  }

  Form form() {
    return form;
  }

  ClientSocket output() {
    return output;
  }

  public List<Subscription> subscriptions() {
    return subscriptions.all();
  }

  /** Whether it has exactly one subscription. */
  boolean isSingle() {
    return subscriptions.isSingle();
  }

  public void add(Subscription subscription) {
    subscriptions.add(subscription);
  }

  public Optional<Subscription> subscription(String view) {
    return subscriptions.of(view);
  }

  boolean isWritable() {
    return !closing && channel.isWritable();
  }

  public boolean isClosing() {
    return closing;
  }

  /** Whether the client has not been asked to leave, in whatever way. */
  boolean isStaying() {
    return !leaving && !closing && channel.isActive();
  }

  /** The client is being asked to reconnect to another server. */
  void leaving() {
    leaving = true;
  }

  /** Starts heartbeats, and counts the connection. */
  public void opened() {
    turn = loop.heartbeats().add(this);
    traffic.connected(form.transport());
    registration.opened();
    expiry.follow(visitor == null ? null : visitor.identity());
    closeIfRevoked();
  }

  /** The channel is closed. */
  public void gone() {
    expiry.end();
    registration.ended();
    subscriptions.endAll();
    if (index() >= 0) {
      loop.heartbeats().remove(this, turn);
      traffic.disconnected(form.transport());
    }
    gate.changed();
  }

  /** Writes a message without releasing it. It may wait for {@link #flush}. */
  void write(Frame frame) {
    if (isSingle()) {
      output.write(frame);
    } else {
      // The messages of several views are sent together.
      output.queue(frame);
    }
  }

  /** Sends the rest of a message, of which the socket has {@code taken} bytes. */
  void sendRest(Frame frame, int taken) {
    output.sendRest(frame, taken);
  }

  void writeAndRelease(Frame frame) {
    try {
      write(frame);
    } finally {
      frame.release();
    }
  }

  /** Sends and releases a message. */
  public void send(Frame frame) {
    writeAndRelease(frame);
    flush();
  }

  /**
   * Sends a message without releasing it.
   *
   * @return done once the socket has all of it
   */
  public Future<?> sendWhole(Frame frame) {
    return output.sendWhole(frame);
  }

  void flush() {
    output.flush();
  }

  /** Answers a request. Closes the connection if the client does not read its answers. */
  public void answer(Frame frame) {
    if (closing) {
      frame.release();
      return;
    }
    send(frame);
    closeIfUnread();
  }

  /** Answers a ping of the WebSocket. */
  public void pong(ByteBuf payload) {
    if (!closing) {
      output.queue(ControlFrames.pong(payload));
      flush();
      closeIfUnread();
    }
  }

  private void closeIfUnread() {
    if (channel.bytesBeforeWritable() > options.limit(Limit.UNREAD_BYTES)) {
      traffic.overLimit(Limit.UNREAD_BYTES);
      close(CloseReason.TOO_SLOW);
    }
  }

  /**
   * Answers a request with an error. Too many client errors close the connection. A server error
   * closes it at once if the client cannot repeat its request on it, so that the client reconnects.
   */
  public void refuse(@Nullable String ref, OrderwireException cause) {
    traffic.refused(cause.code());
    if (cause.code().retryable() && !explicit) {
      if (cause.code() == ErrorCode.OVER_LIMIT && form.transport() == Transport.WEBSOCKET) {
        // The close code does not tell which limit.
        answer(Messages.error(ref, cause));
      }
      close(CloseReason.of(cause.code()));
      return;
    }
    answer(Messages.error(ref, cause));
    if (!cause.code().retryable() && ++errors >= options.limit(Limit.ERRORS)) {
      traffic.overLimit(Limit.ERRORS);
      close(CloseReason.BAD_REQUEST);
    }
  }

  /** Closes the connection, because it cannot keep the promise of {@code subscribed}. */
  public void breakOff(OrderwireException cause) {
    traffic.refused(cause.code());
    close(CloseReason.of(cause.code()));
  }

  /** Ends a view that no longer fits its altered table. */
  public void withdraw(Subscription subscription, OrderwireException cause) {
    traffic.refused(cause.code());
    if (form.transport() == Transport.WEBSOCKET) {
      answer(Messages.error(subscription.ref(), cause));
    }
    if (explicit) {
      end(subscription);
      answer(Messages.unsubscribed(null, subscription.view().id()));
    } else {
      close(CloseReason.of(cause.code()));
    }
  }

  /** The channel has become writable, or not writable. */
  public void writabilityChanged() {
    gate.changed();
    if (isWritable()) {
      heard();
      loop.pump().serveSoon(this);
    }
  }

  /** The client gave a sign of life: it sent something, or read something. */
  public void heard() {
    silentBeats = 0;
  }

  /**
   * Asks the client for a sign of life, and tells it its position.
   *
   * @param message returns the message for a position; its caller releases the message later
   */
  void beat(Function<String, Frame> message) {
    registration.beat();
    if (form.transport() == Transport.EVENTS && channel.isWritable()) {
      // It has read everything. It cannot give any other sign of life.
      heard();
    }
    if (silentBeats++ >= 2) {
      close(CloseReason.IDLE);
    }
    if (!isWritable()) {
      return;
    }
    String seen = subscriptions.position(pump().place());
    if (seen != null) {
      write(message.apply(seen));
    } else if (form.transport() == Transport.EVENTS) {
      output.queue(ControlFrames.comment());
    }
    if (form.transport() == Transport.WEBSOCKET) {
      output.queue(ControlFrames.ping());
    }
    flush();
  }

  public void end(Subscription subscription) {
    subscriptions.end(subscription);
  }

  /** Puts a subscription in the place of another one, which ends. The client is not told. */
  public void replace(Subscription before, Subscription next) {
    subscriptions.replace(before, next);
  }

  /** Tells the client the reason, and closes the channel. */
  public void close(CloseReason reason) {
    if (closing || !channel.isActive()) {
      return;
    }
    closing = true;
    registration.ended();
    subscriptions.endAll();
    traffic.closed(reason);
    switch (form.transport()) {
      case EVENTS -> Sockets.writeAndClose(channel, Unpooled.EMPTY_BUFFER);
      // The client closes the socket: if the server did, it would lose messages in transit.
      case WEBSOCKET -> Sockets.writeAndFlush(channel, ControlFrames.close(reason));
    }
    Sockets.closeBy(channel, CLOSE_SECONDS);
  }

  /** The client has sent a close frame: its own, or the answer to the server's. */
  public void closedByClient(int code) {
    if (closing) {
      Sockets.close(channel);
      return;
    }
    closing = true;
    registration.ended();
    subscriptions.endAll();
    Sockets.writeAndClose(channel, ControlFrames.close(code, ""));
  }
}

package dev.orderwire.gateway.fanout;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
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
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client and its subscriptions. Lives on its channel's event loop, except where it says so. */
public final class Connection extends IndexedList.Member {
  /** How long a client may take to answer the closing of a WebSocket. */
  private static final int FAREWELL_SECONDS = 5;

  private final Channel channel;
  private final Form form;
  private final boolean explicit;
  private final LoopContext lane;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Gate gate;
  private final @Nullable Wire wire;
  private final List<Subscription> subscriptions = new ArrayList<>(1);
  private int turn;
  private int errors;
  private int silentBeats;
  private boolean closing;
  private boolean unflushed;

  /**
   * @param explicit whether it lives by what it is told, and not for the one view of its URL
   */
  public Connection(
      Channel channel,
      Form form,
      boolean explicit,
      LoopContext lane,
      GatewayOptions options,
      Traffic traffic) {
    this.channel = channel;
    this.form = form;
    this.explicit = explicit;
    this.lane = lane;
    this.options = options;
    this.traffic = traffic;
    this.gate = new Gate(channel);
    this.wire = Wire.of(channel);
  }

  public Channel channel() {
    return channel;
  }

  public Pump pump() {
    return lane.pump();
  }

  /** Where to wait until it takes more; for any thread. */
  public Gate gate() {
    return gate;
  }

  public List<Subscription> subscriptions() {
    return Collections.unmodifiableList(subscriptions);
  }

  /** Whether there is but one subscription. */
  boolean isSingle() {
    return subscriptions.size() == 1;
  }

  public void add(Subscription subscription) {
    leaveShortWay();
    subscriptions.add(subscription);
  }

  public Optional<Subscription> subscription(String view) {
    return subscriptions.stream().filter(each -> each.view().id().equals(view)).findFirst();
  }

  boolean isWritable() {
    return !closing && channel.isWritable();
  }

  public boolean isClosing() {
    return closing;
  }

  /** The connection counts from here on. */
  public void opened() {
    turn = lane.heartbeats().add(this);
    traffic.connected(form.transport());
  }

  /** The channel is closed. */
  public void gone() {
    endAll();
    if (isSeated()) {
      lane.heartbeats().remove(this, turn);
      traffic.disconnected(form.transport());
    }
    gate.changed();
  }

  /** Writes a message, which stays the caller's; {@link #flush} sends it, if it has not gone. */
  void write(Frame frame) {
    // Several views' messages go together.
    if (wire != null && !unflushed && isSingle()) {
      ByteBuf bytes = frame.bytes(form);
      int length = bytes.readableBytes();
      int taken = wire.take(bytes);
      if (taken > 0) {
        lane.pump().outgoing().sent(taken);
        if (taken < length) {
          writeRest(bytes, taken);
        }
        return;
      }
    }
    write(frame.bytesFor(form));
  }

  private void writeRest(ByteBuf bytes, int taken) {
    write(bytes.retainedSlice(bytes.readerIndex() + taken, bytes.readableBytes() - taken));
  }

  /** Sends what the socket has not taken of a message, which stays the caller's. */
  void sendRest(Frame frame, int taken) {
    writeRest(frame.bytes(form), taken);
    flush();
  }

  Form form() {
    return form;
  }

  /** The socket, where there is nothing else to do on it than to send its one view's messages. */
  @Nullable Socket ordinarySocket() {
    return wire != null && isSingle() && !unflushed && !closing && wire.isFree()
        ? wire.socket()
        : null;
  }

  /** What comes next happens to this connection alone. */
  private void leaveShortWay() {
    for (int i = 0; i < subscriptions.size(); i++) {
      subscriptions.get(i).leaveShortWay();
    }
  }

  void writeAndRelease(Frame frame) {
    try {
      write(frame);
    } finally {
      frame.release();
    }
  }

  /** Writes and releases a message, and sends it. */
  public void send(Frame frame) {
    writeAndRelease(frame);
    flush();
  }

  /**
   * Sends a message, which stays the caller's.
   *
   * @return done once the socket has taken all of it
   */
  public Future<?> sendWhole(Frame frame) {
    ByteBuf bytes = frame.bytesFor(form);
    lane.pump().outgoing().sent(bytes.readableBytes());
    unflushed = false;
    return channel.writeAndFlush(bytes);
  }

  private void write(ByteBuf bytes) {
    leaveShortWay();
    lane.pump().outgoing().sent(bytes.readableBytes());
    Sockets.write(channel, bytes);
    unflushed = true;
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
  }

  /**
   * Answers a client that has asked for something. One that asks without reading the answers is
   * closed.
   */
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
      write(ControlFrames.pong(payload));
      flush();
      closeIfUnread();
    }
  }

  private void closeIfUnread() {
    if (channel.bytesBeforeWritable() > options.limit(Limit.UNREAD_BYTES)) {
      close(CloseReason.TOO_SLOW);
    }
  }

  /**
   * Answers that something asked for is not done. After too many errors that are the client's the
   * connection is closed. Where it is the server's trouble, a client that cannot ask again on this
   * connection is closed at once, to come back.
   */
  public void refuse(@Nullable String ref, OrderwireException cause) {
    traffic.refused(cause.code());
    if (cause.code().retryable() && !explicit) {
      close(CloseReason.of(cause.code()));
      return;
    }
    answer(Messages.error(ref, cause));
    if (!cause.code().retryable() && ++errors >= options.limit(Limit.ERRORS)) {
      close(CloseReason.BAD_REQUEST);
    }
  }

  /** What was promised with {@code subscribed} cannot be kept: the client is to come back. */
  public void breakOff(OrderwireException cause) {
    traffic.refused(cause.code());
    close(CloseReason.of(cause.code()));
  }

  /** A view ends that its altered table no longer has. */
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

  /** The channel takes more, or takes no more. */
  public void writabilityChanged() {
    gate.changed();
    if (isWritable()) {
      heard();
      lane.pump().serveSoon(this);
    }
  }

  /** The client has given a sign of life: it said something, or took something. */
  public void heard() {
    silentBeats = 0;
  }

  /**
   * A heartbeat: asks for a sign of life, and tells what has been seen.
   *
   * @param position makes the message of a position; it stays the pump's
   */
  void beat(Function<Position, Frame> position) {
    if (form.transport() == Transport.EVENTS && channel.isWritable()) {
      // It has taken all there was, and is never asked for more of a sign.
      heard();
    }
    if (silentBeats++ >= 2) {
      close(CloseReason.IDLE);
    }
    if (!isWritable()) {
      return;
    }
    Position seen = positionOfAll();
    if (seen != null) {
      write(position.apply(seen));
    } else if (form.transport() == Transport.EVENTS) {
      write(ControlFrames.comment());
    }
    if (form.transport() == Transport.WEBSOCKET) {
      write(ControlFrames.ping());
    }
    flush();
  }

  /** What all views have seen; null where they differ, or one is being caught up. */
  private @Nullable Position positionOfAll() {
    if (subscriptions.isEmpty()) {
      return null;
    }
    leaveShortWay();
    Feed.Place passed = pump().place();
    for (Subscription each : subscriptions) {
      each.skipTo(passed);
      if (!each.isLive()
          || each.isLagging()
          || each.isMidMoment()
          || each.ahead() != null
          || each.cursor() != passed.cursor()) {
        return null;
      }
    }
    return passed.position();
  }

  public void end(Subscription subscription) {
    if (subscriptions.remove(subscription)) {
      if (subscription.isSeated()) {
        lane.pump().leave(subscription);
      }
      if (subscription.isAnswered()) {
        traffic.unsubscribed();
      }
      subscription.end();
    }
  }

  private void endAll() {
    List.copyOf(subscriptions).forEach(this::end);
  }

  /** Tells the client why, and closes the channel. */
  public void close(CloseReason reason) {
    if (closing || !channel.isActive()) {
      return;
    }
    closing = true;
    endAll();
    traffic.closed(reason);
    switch (form.transport()) {
      case EVENTS -> Sockets.writeAndClose(channel, Unpooled.EMPTY_BUFFER);
      // The client closes: whoever does so first loses what is still under way to it.
      case WEBSOCKET -> Sockets.writeAndFlush(channel, ControlFrames.close(reason));
    }
    Sockets.closeBy(channel, FAREWELL_SECONDS);
  }

  /** The client has closed the WebSocket, or has answered that the server did. */
  public void closedByClient(int code) {
    if (closing) {
      Sockets.close(channel);
      return;
    }
    closing = true;
    endAll();
    Sockets.writeAndClose(channel, ControlFrames.close(code, ""));
  }
}

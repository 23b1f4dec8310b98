package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one client. If nothing waits in the channel, a message goes to the socket by one call
 * of the kernel, without any allocation; otherwise it goes through the channel, as everything does
 * that TLS encrypts. Nothing else in the pipeline may change what is written. For one event loop.
 */
final class ClientSocket {
  private final Channel channel;
  private final Form form;
  private final DeliveryCounters counters;

  /** Null if the channel has no such socket. */
  private final @Nullable Socket socket;

  private boolean unflushed;

  /** The subscription whose messages {@link Broadcast} sends past this object, or did so last. */
  private Broadcast.@Nullable Member broadcastMember;

  ClientSocket(Channel channel, Form form, DeliveryCounters counters) {
    this.channel = channel;
    this.form = form;
    this.counters = counters;
    this.socket =
        channel instanceof UnixChannel unix
                && unix.fd() instanceof Socket direct
                && !ServerTls.isOn(channel)
            ? direct
            : null;
  }

  /**
   * Sends a message without releasing it; what the socket does not take waits for {@link #flush}.
   */
  void write(Frame frame) {
    if (socket != null && isIdle()) {
      ByteBuf bytes = frame.bytes(form);
      int taken = send(socket, bytes);
      if (taken > 0) {
        counters.sent(taken);
        if (taken < bytes.readableBytes()) {
          queueRest(bytes, taken);
        }
        return;
      }
    }
    queue(frame);
  }

  /** Queues a message without releasing it, for {@link #flush}. */
  void queue(Frame frame) {
    queue(frame.bytesFor(form));
  }

  /** Sends the rest of a message, of which the socket has {@code taken} bytes. */
  void sendRest(Frame frame, int taken) {
    queueRest(frame.bytes(form), taken);
    flush();
  }

  private void queueRest(ByteBuf bytes, int taken) {
    queue(bytes.retainedSlice(bytes.readerIndex() + taken, bytes.readableBytes() - taken));
  }

  /** Queues and releases bytes, for {@link #flush}. */
  void queue(ByteBuf bytes) {
    leaveBroadcast();
    counters.sent(bytes.readableBytes());
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
   * Sends a message without releasing it.
   *
   * @return done once the socket has all of it
   */
  Future<?> sendWhole(Frame frame) {
    leaveBroadcast();
    ByteBuf bytes = frame.bytesFor(form);
    counters.sent(bytes.readableBytes());
    unflushed = false;
    return channel.writeAndFlush(bytes);
  }

  /** The socket, if messages may be sent to it past the channel; null otherwise. */
  @Nullable Socket directSocket() {
    return socket != null && isIdle() ? socket : null;
  }

  /** The subscription is in the broadcast: {@link Broadcast} sends its messages to the socket. */
  void servedWith(Broadcast.Member member) {
    broadcastMember = member;
  }

  private void leaveBroadcast() {
    if (broadcastMember != null) {
      broadcastMember.leaveBroadcast();
      broadcastMember = null;
    }
  }

  private boolean isIdle() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return !unflushed && waiting != null && waiting.totalPendingWriteBytes() == 0;
  }

  /**
   * Sends bytes to a socket for which nothing waits, without releasing or changing them.
   *
   * @param bytes in direct memory
   * @return how many bytes the socket has taken; the rest must go through the channel
   */
  static int send(Socket socket, ByteBuf bytes) {
    try {
      // The file descriptor of a closed socket may belong to another one.
      return socket.isOpen()
          ? socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex())
          : 0;
    } catch (IOException e) {
      // The channel meets the same error, and handles it.
      return 0;
    }
  }
}

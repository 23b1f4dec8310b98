package dev.orderwire.gateway.fanout;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The short way to a socket: one call of the kernel's, straight from a message's bytes, with
 * nothing made and nothing counted for it. Only where nothing else waits for the socket, and where
 * nothing stands in the pipeline that would have a say in what is written. Lives on the channel's
 * event loop.
 */
final class Wire {
  private final Channel channel;
  private final Socket socket;

  private Wire(Channel channel, Socket socket) {
    this.channel = channel;
    this.socket = socket;
  }

  /** Null where there is no such way to the channel's socket. */
  static @Nullable Wire of(Channel channel) {
    return channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket
        ? new Wire(channel, socket)
        : null;
  }

  Socket socket() {
    return socket;
  }

  /** Whether nothing waits for the socket. */
  boolean isFree() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && waiting.totalPendingWriteBytes() == 0;
  }

  /**
   * Writes what the socket takes now.
   *
   * @param bytes direct; stay the caller's, and as they are
   * @return how many bytes it has taken; the rest has to go by the channel
   */
  int take(ByteBuf bytes) {
    return isFree() ? take(socket, bytes) : 0;
  }

  /**
   * The same where nothing waits for the socket.
   *
   * @param bytes direct; stay the caller's, and as they are
   */
  static int take(Socket socket, ByteBuf bytes) {
    try {
      // Once it is closed, its number may be another one's.
      return socket.isOpen()
          ? socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex())
          : 0;
    } catch (IOException e) {
      // The channel meets the same, and deals with it.
      return 0;
    }
  }
}

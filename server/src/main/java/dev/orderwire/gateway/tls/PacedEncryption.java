package dev.orderwire.gateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes what is written to the {@link SslHandler} after it, only as fast as the client reads. That
 * one encrypts at once all that it is given, and each client would have an encrypted copy of
 * messages that all clients share. What waits here is not copied, and counts as waiting in the
 * channel.
 */
final class PacedEncryption extends ChannelDuplexHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PacedEncryption.class);

  /** The most bytes of one record (RFC 8446, section 5.1). */
  private static final int RECORD = 16_384;

  /** How many bytes may be encrypted before the socket has them. */
  private static final int AHEAD = 4 * RECORD;

  private final CoalescingBufferQueue waiting;

  /** How many bytes were passed on that the socket does not have yet. */
  private int ahead;

  private boolean passing;

  PacedEncryption(Channel channel) {
    waiting = new CoalescingBufferQueue(channel, 4, true);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      waiting.add(bytes, promise);
    } else {
      throw new IllegalArgumentException("only bytes can be encrypted: " + message);
    }
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    if (waiting.isEmpty()) {
      context.flush();
    } else {
      pass(context);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The promise has a listener.
  private void pass(ChannelHandlerContext context) {
    if (passing) {
      return;
    }
    passing = true;
    try {
      while (!waiting.isEmpty() && ahead < AHEAD) {
        while (!waiting.isEmpty() && ahead < AHEAD) {
          ChannelPromise promise = context.newPromise();
          int length = Math.min(RECORD, waiting.readableBytes());
          ahead += length;
          // Before the listeners of the messages, one of which may close the connection.
          promise.addListener(done -> passed(context, length, done.isSuccess()));
          context.write(waiting.remove(length, promise), promise);
        }
        // May complete promises, and so make room.
        context.flush();
      }
    } finally {
      passing = false;
    }
  }

  private void passed(ChannelHandlerContext context, int length, boolean sent) {
    ahead -= length;
    if (sent) {
      pass(context);
    } else {
      drop();
    }
  }

  private void drop() {
    if (!waiting.isEmpty()) {
      waiting.releaseAndFailAll(new ClosedChannelException());
    }
  }

  /**
   * Ends TLS in order (close_notify) if the client has all that was sent. If it does not read, that
   * would only keep the connection open for longer.
   */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The promise is the result.
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    drop();
    ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
    if (ahead > 0 && tls != null) {
      tls.close(promise);
    } else {
      context.close(promise);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    drop();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  /** A handshake that fails is the client's affair. The connection is closed by then. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof SSLException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
      LOG.debug("TLS with {} failed: {}", context.channel().remoteAddress(), cause.toString());
    } else {
      context.fireExceptionCaught(cause);
    }
  }
}

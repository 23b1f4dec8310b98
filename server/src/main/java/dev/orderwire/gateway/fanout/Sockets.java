package dev.orderwire.gateway.fanout;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What is asked of a channel without looking at how it went: a write that fails reaches the
 * pipeline as an exception, and closes the channel; that it is closed everybody concerned is told
 * by the pipeline.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Said above: this is the one place that may.
public final class Sockets {
  private Sockets() {}

  /** Writes without sending. */
  public static void write(Channel channel, Object message) {
    channel.write(message, channel.voidPromise());
  }

  static void writeAndFlush(Channel channel, Object message) {
    channel.writeAndFlush(message, channel.voidPromise());
  }

  /** Closes the channel once the message has been sent. */
  static void writeAndClose(Channel channel, Object message) {
    channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
  }

  public static void close(Channel channel) {
    channel.close();
  }

  /** Closes the channel after a while at the latest. */
  static void closeBy(Channel channel, long seconds) {
    Future<?> closing = closeAfter(channel, seconds);
    channel.closeFuture().addListener(_ -> closing.cancel(false));
  }

  /** Closes the channel after a while, unless the result is cancelled. */
  public static Future<?> closeAfter(Channel channel, long seconds) {
    return channel.eventLoop().schedule(() -> close(channel), seconds, TimeUnit.SECONDS);
  }

  /** Runs a task once. */
  static void later(EventExecutor loop, Runnable task, long nanos) {
    loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs a task again and again for as long as the event loop lives. */
  static void repeat(EventExecutor loop, Runnable task, long pauseMillis) {
    loop.scheduleAtFixedRate(task, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
  }
}

package dev.orderwire.gateway.fanout;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Calls to a channel whose result nobody checks: a write that fails reaches the pipeline as an
 * exception, and closes the channel, which the pipeline reports.
 */
@SuppressWarnings("FutureReturnValueIgnored") // See above.
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

  /** Schedules a close of the channel, which is cancelled if the channel closes earlier. */
  static void closeBy(Channel channel, long seconds) {
    Future<?> closing = closeAfter(channel, seconds);
    channel.closeFuture().addListener(_ -> closing.cancel(false));
  }

  /**
   * Schedules a close of the channel.
   *
   * @return cancels the close
   */
  public static Future<?> closeAfter(Channel channel, long seconds) {
    return channel.eventLoop().schedule(() -> close(channel), seconds, TimeUnit.SECONDS);
  }

  /**
   * Runs a task once, after a delay.
   *
   * @return cancels the task
   */
  public static Future<?> later(EventExecutor loop, Runnable task, long nanos) {
    return loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs a task periodically until the event loop ends. */
  static void repeat(EventExecutor loop, Runnable task, long pauseMillis) {
    loop.scheduleAtFixedRate(task, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
  }
}

package dev.orderwire.gateway.fanout;

import io.netty.channel.Channel;
import java.time.Duration;

/**
 * Lets a virtual thread wait until a channel is writable. The event loop calls {@link #changed}
 * when the channel becomes writable or closes.
 */
public final class Gate {
  private final Channel channel;

  Gate(Channel channel) {
    this.channel = channel;
  }

  /**
   * Waits until the channel is writable or closed.
   *
   * @param timeout the longest wait
   * @return false after the timeout
   */
  public synchronized boolean await(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (channel.isActive() && !channel.isWritable()) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  synchronized void changed() {
    notifyAll();
  }
}

package dev.orderwire.gateway.fanout;

import io.netty.channel.Channel;
import java.time.Duration;

/**
 * Where a virtual thread waits until a channel takes more. The event loop calls {@link #changed}
 * whenever the channel's writability or life has changed.
 */
public final class Gate {
  private final Channel channel;

  Gate(Channel channel) {
    this.channel = channel;
  }

  /**
   * Waits until the channel takes more, or is closed.
   *
   * @return false where it took nothing for so long
   */
  public synchronized boolean await(Duration most) throws InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
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

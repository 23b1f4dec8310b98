package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a load generator: connects, reads, and between two reads does as it is told.
 */
final class LoadLoop {
  private static final int BUFFER = 256 * 1024;
  private static final long CONNECTING_TICK_MILLIS = 1;

  private final @Nullable SocketAddress source;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final Queue<Runnable> told = new ConcurrentLinkedQueue<>();
  private @Nullable Opening opening;
  private boolean ended;

  /**
   * @param source the address to connect from; null for any
   */
  LoadLoop(@Nullable SocketAddress source) throws IOException {
    this.source = source;
  }

  private record Opening(LoadGroup group, long deadline, Consumer<@Nullable String> whenOver) {}

  /** Has the loop's thread do something soon. For any thread. */
  void tell(Runnable task) {
    told.add(task);
    selector.wakeup();
  }

  /**
   * Connects a group while all others are read.
   *
   * @param whenOver told why not all of it is served in time; null where it is
   */
  void open(LoadGroup group, int perSecond, long withinNanos, Consumer<@Nullable String> whenOver) {
    group.connect(perSecond);
    opening = new Opening(group, System.nanoTime() + withinNanos, whenOver);
  }

  void end() {
    ended = true;
  }

  void run() throws IOException {
    while (!ended) {
      selector.select(this::ready, opening == null ? 0 : CONNECTING_TICK_MILLIS);
      for (Runnable task = told.poll(); task != null; task = told.poll()) {
        task.run();
      }
      if (opening != null) {
        goOn(opening);
      }
    }
  }

  private void ready(SelectionKey key) {
    if (key.isValid() && key.attachment() instanceof LoadClient client) {
      client.ready(buffer);
    }
  }

  private void goOn(Opening current) {
    LoadGroup group = current.group;
    try {
      group.openDue(source, selector);
      if (group.isServed()) {
        over(current, null);
      } else if (System.nanoTime() > current.deadline) {
        over(current, "not all were served in time: " + group.report(0, 0));
      }
    } catch (IOException e) {
      over(current, "a socket cannot be opened: " + e.getMessage() + "; " + group.report(0, 0));
    }
  }

  private void over(Opening current, @Nullable String failure) {
    opening = null;
    current.whenOver.accept(failure);
  }
}

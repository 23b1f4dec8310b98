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

/** The only thread of a load generator: it connects, reads, and runs tasks between two reads. */
final class LoadLoop {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final long CONNECTING_TICK_MILLIS = 1;

  private final @Nullable SocketAddress source;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private @Nullable Connecting connecting;
  private boolean ended;

  /**
   * @param source the address to connect from; null for any
   */
  LoadLoop(@Nullable SocketAddress source) throws IOException {
    this.source = source;
  }

  /** The group that is being connected. */
  private record Connecting(LoadGroup group, long deadline, Consumer<@Nullable String> onDone) {}

  /** Runs a task on the loop's thread soon. For any thread. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /**
   * Connects a group, and reads all others meanwhile.
   *
   * @param onDone receives null when all clients are served, or why they were not in time
   */
  void connect(
      LoadGroup group, int perSecond, long withinNanos, Consumer<@Nullable String> onDone) {
    group.connect(perSecond);
    connecting = new Connecting(group, System.nanoTime() + withinNanos, onDone);
  }

  void end() {
    ended = true;
  }

  void run() throws IOException {
    while (!ended) {
      selector.select(this::ready, connecting == null ? 0 : CONNECTING_TICK_MILLIS);
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      if (connecting != null) {
        step(connecting);
      }
    }
  }

  private void ready(SelectionKey key) {
    if (key.isValid() && key.attachment() instanceof LoadClient client) {
      client.ready(buffer);
    }
  }

  private void step(Connecting current) {
    LoadGroup group = current.group;
    try {
      group.connectDue(source, selector);
      if (group.isServed()) {
        done(current, null);
      } else if (System.nanoTime() > current.deadline) {
        done(current, "not all clients were served in time: " + group.report(0, 0));
      }
    } catch (IOException e) {
      done(current, "failed to open a socket: " + e.getMessage() + "; " + group.report(0, 0));
    }
  }

  private void done(Connecting current, @Nullable String failure) {
    connecting = null;
    current.onDone.accept(failure);
  }
}

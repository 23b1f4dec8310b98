package dev.orderwire.gateway.catchup;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.protocol.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one snapshot: written once, as fast as MySQL returns the rows, and read by any
 * number of clients, each from the beginning and at its own pace, even while it is being written.
 */
final class Spool {
  /** The snapshot has failed. */
  static final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final OrderwireException reason;

    FailedException(OrderwireException reason) {
      super(reason.getMessage(), reason, false, false);
      this.reason = reason;
    }

    OrderwireException reason() {
      return reason;
    }
  }

  /** The snapshot is no longer valid; another one may succeed. */
  static final class VoidException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VoidException() {
      super("the snapshot has to start over", null, false, false);
    }
  }

  private enum State {
    WRITING,
    COMPLETE,
    /** Not readable: it has failed, or all readers have left. */
    ENDED
  }

  private final SpoolStore store;
  private final List<SpoolMessage> messages = new ArrayList<>();

  /** Whether each reader is still there that waits for the beginning. */
  private final List<BooleanSupplier> waiting = new ArrayList<>();

  private State state = State.WRITING;
  private @Nullable Position position;
  private @Nullable OrderwireException failure;
  private boolean wanted = true;
  private boolean referenced = true;
  private int readers;
  private long readersSoFar;

  Spool(SpoolStore store) {
    this.store = store;
  }

  /** The position of the snapshot; null before its first row was read. */
  synchronized @Nullable Position position() {
    return position;
  }

  /**
   * A reader at the beginning; null if the spool has ended.
   *
   * @param there whether its client is still there
   */
  synchronized @Nullable Reader reader(BooleanSupplier there) {
    if (state == State.ENDED) {
      return null;
    }
    if (position == null) {
      waiting.add(there);
    }
    readers++;
    readersSoFar++;
    wanted = true;
    return new Reader();
  }

  /** The number of readers, including readers that have left. */
  synchronized long readersSoFar() {
    return readersSoFar;
  }

  /** Sets the position of the snapshot. */
  synchronized void begin(Position at) {
    position = at;
    waiting.clear();
    notifyAll();
  }

  /** Whether a part of it is on disk. For the thread that writes. */
  boolean usesDisk() {
    return store.usesDisk();
  }

  /** Adds a message, which the spool releases. */
  void add(Frame frame) {
    SpoolMessage message = store.keep(frame);
    synchronized (this) {
      messages.add(message);
      notifyAll();
    }
  }

  /**
   * Ends the spool if all its readers have left, or their clients.
   *
   * @return whether it has ended
   */
  synchronized boolean endIfUnwanted() {
    boolean deserted =
        !waiting.isEmpty() && waiting.stream().noneMatch(BooleanSupplier::getAsBoolean);
    if (!wanted || deserted) {
      end(null);
    }
    return state == State.ENDED;
  }

  synchronized void finish() {
    state = State.COMPLETE;
    notifyAll();
  }

  /**
   * Ends the snapshot.
   *
   * @param reason the failure; null if another snapshot may succeed
   */
  synchronized void end(@Nullable OrderwireException reason) {
    state = State.ENDED;
    failure = reason;
    notifyAll();
  }

  /** Called once it has no writer and takes no new readers. */
  synchronized void release() {
    referenced = false;
    if (state == State.WRITING) {
      end(null);
    }
    freeIfUnused();
  }

  private void freeIfUnused() {
    if (!referenced && readers == 0) {
      state = State.ENDED;
      messages.forEach(SpoolMessage::discard);
      messages.clear();
      store.close();
    }
  }

  private synchronized void leave() {
    readers--;
    wanted = readers > 0;
    freeIfUnused();
  }

  /** Waits for a message; null after the last one. */
  private synchronized @Nullable SpoolMessage await(int index) {
    awaitUntil(() -> messages.size() > index);
    return messages.size() > index ? messages.get(index) : null;
  }

  private synchronized Position awaitBegun() {
    awaitUntil(() -> position != null);
    if (position == null) {
      throw new IllegalStateException("a complete snapshot has a position");
    }
    return position;
  }

  /** Waits for a condition, or until the spool is complete. */
  private synchronized void awaitUntil(BooleanSupplier reached) {
    try {
      while (state == State.WRITING && !reached.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GoneException();
    }
    if (state == State.ENDED) {
      throw failure == null ? new VoidException() : new FailedException(failure);
    }
  }

  /** Reads the messages for one client. For one thread. */
  final class Reader implements AutoCloseable {
    private int next;

    /**
     * The position of the snapshot; waits for it.
     *
     * @throws FailedException if the snapshot fails
     * @throws VoidException if the snapshot starts over
     */
    Position position() {
      return awaitBegun();
    }

    /**
     * The next message, once it is written; null after the last one.
     *
     * @throws FailedException if the snapshot fails
     * @throws VoidException if the snapshot starts over
     */
    @Nullable SpoolMessage next() {
      return await(next++);
    }

    @Override
    public void close() {
      leave();
    }
  }
}

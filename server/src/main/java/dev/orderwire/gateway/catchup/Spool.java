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
 * The messages of one snapshot: written once, as fast as MySQL gives the rows, and taken by any
 * number of clients, each from the beginning and at its own pace, also while it is being written.
 */
final class Spool {
  /** It breaks off, for this reason. */
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

  /** It breaks off, and the next one may not. */
  static final class VoidException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VoidException() {
      super("the snapshot has to begin anew", null, false, false);
    }
  }

  private enum State {
    READING,
    WHOLE,
    /** For nobody any more. */
    OVER
  }

  private final SpoolStore store;
  private final List<SpoolMessage> messages = new ArrayList<>();
  private State state = State.READING;
  private @Nullable Position position;
  private @Nullable OrderwireException failure;
  private boolean wanted = true;
  private boolean held = true;
  private int seats;
  private long comers;

  Spool(SpoolStore store) {
    this.store = store;
  }

  /** What the rows stand for; null before the first of them was read. */
  synchronized @Nullable Position position() {
    return position;
  }

  /** A place at its beginning; null where it is over. */
  synchronized @Nullable Seat seat() {
    if (state == State.OVER) {
      return null;
    }
    seats++;
    comers++;
    wanted = true;
    return new Seat();
  }

  /** How many have taken a seat until now. */
  synchronized long comers() {
    return comers;
  }

  /** The rows can be read, and this is what they stand for. */
  synchronized void begin(Position at) {
    position = at;
    notifyAll();
  }

  /** Adds a message, which is owned here from now on. */
  void add(Frame frame) {
    SpoolMessage message = store.keep(frame);
    synchronized (this) {
      messages.add(message);
      notifyAll();
    }
  }

  /** Whether anybody is left to read for; if not, nobody is let in any more. */
  synchronized boolean goesOn() {
    if (!wanted) {
      state = State.OVER;
    }
    return wanted;
  }

  synchronized void finish() {
    state = State.WHOLE;
    notifyAll();
  }

  /**
   * Breaks off.
   *
   * @param reason null where the next one may go on to the end
   */
  synchronized void end(@Nullable OrderwireException reason) {
    state = State.OVER;
    failure = reason;
    notifyAll();
  }

  /** Nobody writes to it any more, and nobody new is to come. */
  synchronized void letGo() {
    held = false;
    if (state == State.READING) {
      end(null);
    }
    freeIfUnused();
  }

  private void freeIfUnused() {
    if (!held && seats == 0) {
      state = State.OVER;
      messages.forEach(SpoolMessage::drop);
      messages.clear();
      store.close();
    }
  }

  private synchronized void leave() {
    seats--;
    wanted = seats > 0;
    freeIfUnused();
  }

  /** Waits for a message; null where there are no more. */
  private synchronized @Nullable SpoolMessage await(int index) {
    awaitUntil(() -> messages.size() > index);
    return messages.size() > index ? messages.get(index) : null;
  }

  private synchronized Position awaitBegun() {
    awaitUntil(() -> position != null);
    if (position == null) {
      throw new IllegalStateException("a whole snapshot stands for something");
    }
    return position;
  }

  /** Waits until it is so, or will not be any more. */
  private synchronized void awaitUntil(BooleanSupplier reached) {
    try {
      while (state == State.READING && !reached.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GoneException();
    }
    if (state == State.OVER) {
      throw failure == null ? new VoidException() : new FailedException(failure);
    }
  }

  /** Where one client is. For one thread; to be closed. */
  final class Seat implements AutoCloseable {
    private int next;

    /**
     * What the rows stand for; waits until they can be read.
     *
     * @throws FailedException where they cannot
     * @throws VoidException as it says
     */
    Position position() {
      return awaitBegun();
    }

    /**
     * The next message, once it was written; null where there are no more.
     *
     * @throws FailedException where it breaks off
     * @throws VoidException as it says
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

package dev.orderwire.tail;

import org.jspecify.annotations.Nullable;

/** Delivers what the upstream brings, if there is one. For the tail's thread. */
final class Arrivals {
  private final @Nullable Upstream upstream;
  private final MomentReader reader;

  /** What arrived before the changes that it follows. */
  private Upstream.Next.@Nullable Step early;

  Arrivals(@Nullable Upstream upstream, MomentReader reader) {
    this.upstream = upstream;
    this.reader = reader;
  }

  boolean hasUpstream() {
    return upstream != null;
  }

  /**
   * Delivers the next step, and waits for it.
   *
   * @param millis how long to wait at most
   * @return false if changes are missing, or may be, as nothing has been heard for too long: then
   *     the tail has to read itself
   */
  boolean deliver(long millis) throws InterruptedException {
    return upstream != null
        && switch (early == null ? upstream.next(millis) : early) {
          case Upstream.Next.Step step -> take(step);
          case Upstream.Next.Nothing _ -> true;
          case Upstream.Next.Silent _ -> false;
        };
  }

  /** Delivers a step that has arrived; false if none has, or changes before it are missing. */
  boolean deliverArrived() throws InterruptedException {
    return upstream != null
        && (early == null ? upstream.next(0) : early) instanceof Upstream.Next.Step step
        && take(step);
  }

  /**
   * A step of another change log is dropped, as the tail could never take it. If that log is the
   * new one, the tail reads itself now, and finds it.
   */
  private boolean take(Upstream.Next.Step step) {
    boolean taken = reader.take(step);
    boolean isOfThisLog = step.from().epoch().equals(reader.position().epoch());
    early = taken || !isOfThisLog ? null : step;
    return taken;
  }
}

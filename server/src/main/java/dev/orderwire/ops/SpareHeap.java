package dev.orderwire.ops;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what a rush has left of Java's heap, once it is over.
 *
 * <p>G1 shrinks a heap only where it marks it, and empties what is half dead only in the
 * collections of the young that follow; a server that has become quiet may do without either for
 * minutes. The JVM's own clock for it ({@code G1PeriodicGCInterval}) marks whether or not there is
 * something to give back, and what changes meanwhile is late by some milliseconds. This one sees to
 * a heap only that has grown by a tenth since.
 *
 * <p>It runs on a thread of its own, as that waits for the end of the marking.
 */
public final class SpareHeap implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** What is filled without a rest, in bytes. */
  private static final int FILL = 1 << 20;

  /** Far from what G1 puts among the old at once: half a region. */
  private static final int PIECE = 1 << 16;

  private static final byte[] NOTHING = {};
  private static final Duration REST = Duration.ofMillis(5);

  /** Without it, to ask for a collection is to stop everything for one. */
  private static final String CONCURRENTLY = "ExplicitGCInvokesConcurrent";

  private static final Logger log = LoggerFactory.getLogger(SpareHeap.class);

  private final Duration every;

  /** A field, so that the JIT compiler leaves the allocation in. */
  private volatile byte[] garbage = NOTHING;

  private final Thread thread =
      Thread.ofPlatform().name("spare-heap").daemon().unstarted(this::run);

  public SpareHeap() {
    this(LOOK_EVERY);
  }

  /**
   * @param every a server without a collection for so long is quiet
   */
  SpareHeap(Duration every) {
    this.every = every;
  }

  /** Begins to look; once only. */
  public void start() {
    thread.start();
  }

  /** Ends it, but waits for no marking that is under way. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    if (!collectsConcurrently()) {
      log.debug("a heap stays as large as a rush made it, without -XX:+{}", CONCURRENTLY);
      return;
    }
    long kept = committed();
    long collections = collections();
    boolean grown = false;
    try {
      while (true) {
        Thread.sleep(every);
        long now = committed();
        grown |= now > kept + kept / 10;
        if (grown && collections() == collections) {
          giveBack();
          kept = committed();
          // Where that helped, more of it may.
          grown = kept < now - now / 10;
          log.debug("the heap had {} bytes after a rush, and has {} now", now, kept);
        }
        kept = Math.min(kept, committed());
        collections = collections();
      }
    } catch (InterruptedException e) {
      // Asked to end.
    }
  }

  /** A marking finds what is dead, the young's collections move out what lives beside it. */
  private void giveBack() throws InterruptedException {
    System.gc();
    // The first one after a marking moves no more than what is young.
    collectYoung();
    long used = used();
    long before;
    do {
      before = used;
      collectYoung();
      used = used();
    } while (used < before - before / 100);
    System.gc();
  }

  /** Fills what is free for new objects: the JVM has no other way to ask for such a collection. */
  private void collectYoung() throws InterruptedException {
    long collections = collections();
    for (long most = committed(); most > 0 && collections() == collections; most -= FILL) {
      for (int filled = 0; filled < FILL; filled += garbage.length) {
        garbage = new byte[PIECE];
      }
      Thread.sleep(REST);
    }
    garbage = NOTHING;
  }

  private static boolean collectsConcurrently() {
    return Boolean.parseBoolean(
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption(CONCURRENTLY)
            .getValue());
  }

  /** The bytes that the heap has of the machine's memory. */
  private static long committed() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }

  private static long used() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}

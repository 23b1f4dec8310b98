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
 * <p>G1 shrinks a heap only where it marks it, and a server that has become quiet may do without
 * that for minutes. The JVM's own clock for it ({@code G1PeriodicGCInterval}) marks whether or not
 * there is something to give back, and what changes meanwhile is late by some milliseconds. This
 * one has a heap marked only that has grown by a tenth since.
 *
 * <p>It runs on a thread of its own, as that waits for the end of the marking.
 */
public final class SpareHeap implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** The first takes for alive what the youngest garbage refers to. */
  private static final int COLLECTIONS = 2;

  /** Without it, to ask for a collection is to stop everything for one. */
  private static final String CONCURRENTLY = "ExplicitGCInvokesConcurrent";

  private static final Logger log = LoggerFactory.getLogger(SpareHeap.class);

  private final Duration every;
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
    int due = 0;
    try {
      while (true) {
        Thread.sleep(every);
        long now = committed();
        if (now > kept + kept / 10) {
          due = COLLECTIONS;
        }
        if (due > 0 && collections() == collections) {
          due--;
          System.gc();
          kept = committed();
          log.debug("the heap had {} bytes after a rush, and has {} now", now, kept);
        }
        kept = Math.min(kept, committed());
        collections = collections();
      }
    } catch (InterruptedException e) {
      // Asked to end.
    }
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

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}

package dev.orderwire.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.gateway.protocol.DirectMemory;
import dev.orderwire.gateway.protocol.Limit;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes of memory the server takes at the most, as set, or by the machine's size.
 *
 * @param heap Java's; bounded by the JVM since before this runs
 * @param direct outside of it, for what is sent and received
 * @param feed of the heap, for the newest changes
 */
record Bounds(long heap, long direct, long feed) {
  private static final Logger LOG = LoggerFactory.getLogger(Bounds.class);

  private static final long MEGABYTE = 1L << 20;
  private static final long LEAST_DIRECT = 64 * MEGABYTE;

  /** Less does not hold one of everything that is made at once. */
  private static final long LEAST_DIRECT_SET = 32 * MEGABYTE;

  private static final long MOST_FEED = 32 * MEGABYTE;

  /**
   * @throws OrderwireException {@code bad_settings} where what is set is too much, or too little
   */
  static Bounds onThisMachine(Settings settings) {
    var machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return of(
        settings.memory(),
        settings.feed(),
        Runtime.getRuntime().maxMemory(),
        machine.getTotalMemorySize());
  }

  /**
   * @param heap the most that Java's heap may grow to, in bytes
   * @param machine the memory of the machine or, where that is less, of the container
   */
  static Bounds of(Settings.Memory memory, Settings.Feed feed, long heap, long machine) {
    return new Bounds(
        heap, direct(memory.directMegabytes() * MEGABYTE, machine), feed(feed.maxBytes(), heap));
  }

  private static long direct(long set, long machine) {
    if (set == 0) {
      return Math.max(LEAST_DIRECT, machine / 8);
    }
    if (set < LEAST_DIRECT_SET || set > machine) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          ("memory.direct-megabytes must be %d to %d, which is all of this machine's memory, not %d;"
                  + " 0 for an eighth of it")
              .formatted(LEAST_DIRECT_SET / MEGABYTE, machine / MEGABYTE, set / MEGABYTE));
    }
    return set;
  }

  private static long feed(long set, long heap) {
    if (set == 0) {
      return Math.min(MOST_FEED, heap / 16);
    }
    if (set > heap / 2) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          ("feed.max-bytes is %d, more than half of Java's heap of %d bytes, and the rest needs"
                  + " room too. Set it to %d or less (0: a sixteenth), or give Java a larger heap:"
                  + " JAVA_OPTS=-Xmx%dm")
              .formatted(set, heap, heap / 2, Math.ceilDiv(set, MEGABYTE) * 2));
    }
    return set;
  }

  /** Says what they are and makes them hold. Nothing of Netty may have been used before. */
  void apply() {
    DirectMemory.bound(direct);
    LOG.info(
        "memory: at most {} MB of heap, {} MB of it for the feed, and {} MB outside of it",
        heap / MEGABYTE,
        feed / MEGABYTE,
        direct / MEGABYTE);
  }

  /** What many clients share is to leave room for what each has of its own. */
  Map<Limit, Long> shares() {
    return Map.of(
        Limit.SHARED_BYTES, Math.min(Limit.SHARED_BYTES.number(), direct / 4),
        Limit.SPOOL_BYTES, Math.min(Limit.SPOOL_BYTES.number(), direct / 8),
        Limit.SPOOL_LOADED_BYTES, Math.min(Limit.SPOOL_LOADED_BYTES.number(), direct / 8));
  }
}

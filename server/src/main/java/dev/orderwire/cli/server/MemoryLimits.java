package dev.orderwire.cli.server;

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
 * The server's memory limits in bytes, from the settings or from the size of the machine.
 *
 * @param heap Java's heap; the JVM already enforces this limit
 * @param direct memory outside the heap, for data being sent and received
 * @param feed the part of the heap that holds the newest changes
 */
record MemoryLimits(long heap, long direct, long feed) {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryLimits.class);

  private static final long MEGABYTE = 1L << 20;
  private static final long MIN_DEFAULT_DIRECT = 64 * MEGABYTE;

  /** Less cannot hold one of each buffer that the server needs at the same time. */
  private static final long MIN_DIRECT = 32 * MEGABYTE;

  private static final long MAX_DEFAULT_FEED = 32 * MEGABYTE;

  /**
   * @throws OrderwireException {@code bad_settings} if a configured limit is too high or too low
   */
  static MemoryLimits onThisMachine(Settings settings) {
    var machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return of(
        settings.memory(),
        settings.feed(),
        Runtime.getRuntime().maxMemory(),
        machine.getTotalMemorySize());
  }

  /**
   * @param heap the maximum size of Java's heap in bytes
   * @param machine the memory of the machine, or of the container if that is less, in bytes
   */
  static MemoryLimits of(Settings.Memory memory, Settings.Feed feed, long heap, long machine) {
    return new MemoryLimits(
        heap, direct(memory.directMegabytes() * MEGABYTE, machine), feed(feed.maxBytes(), heap));
  }

  private static long direct(long configured, long machine) {
    if (configured == 0) {
      return Math.max(MIN_DEFAULT_DIRECT, machine / 8);
    }
    if (configured < MIN_DIRECT || configured > machine) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          ("memory.direct-megabytes must be %d to %d (the memory of this machine), not %d;"
                  + " 0 means an eighth of the memory")
              .formatted(MIN_DIRECT / MEGABYTE, machine / MEGABYTE, configured / MEGABYTE));
    }
    return configured;
  }

  private static long feed(long configured, long heap) {
    if (configured == 0) {
      return Math.min(MAX_DEFAULT_FEED, heap / 16);
    }
    if (configured > heap / 2) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          ("feed.max-bytes is %d, more than half of Java's heap of %d bytes. Set it to %d or less"
                  + " (0 means a sixteenth of the heap), or give Java a larger heap:"
                  + " JAVA_OPTS=-Xmx%dm")
              .formatted(configured, heap, heap / 2, Math.ceilDiv(configured, MEGABYTE) * 2));
    }
    return configured;
  }

  /** Logs and enforces the limits. Must run before anything uses Netty. */
  void apply() {
    DirectMemory.bound(direct);
    LOG.info(
        "memory: at most {} MB of heap, {} MB of it for the feed, and {} MB of direct memory",
        heap / MEGABYTE,
        feed / MEGABYTE,
        direct / MEGABYTE);
  }

  /** The limits of data that clients share; they leave room for the data of each client. */
  Map<Limit, Long> shared() {
    return Map.of(
        Limit.SHARED_BYTES, Math.min(Limit.SHARED_BYTES.number(), direct / 4),
        Limit.SPOOL_BYTES, Math.min(Limit.SPOOL_BYTES.number(), direct / 8),
        Limit.SPOOL_LOADED_BYTES, Math.min(Limit.SPOOL_LOADED_BYTES.number(), direct / 8),
        Limit.UNTAKEN_BYTES, Math.min(Limit.UNTAKEN_BYTES.number(), direct / 4),
        Limit.CLIENT_UNTAKEN_BYTES, Math.min(Limit.CLIENT_UNTAKEN_BYTES.number(), direct / 16));
  }
}

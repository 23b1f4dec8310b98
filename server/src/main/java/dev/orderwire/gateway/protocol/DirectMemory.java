package dev.orderwire.gateway.protocol;

import io.netty.util.internal.PlatformDependent;

/**
 * The memory outside of Java's heap that Netty's buffers take. An allocation beyond the limit
 * throws an {@link OutOfMemoryError}, which ends the request, catch-up or connection that needed
 * it. Safe for any number of threads.
 */
public final class DirectMemory {
  private DirectMemory() {}

  /**
   * Sets the limit for the whole process. Netty reads it when it is first used; later calls have no
   * effect.
   */
  public static void bound(long bytes) {
    System.setProperty("io.netty.maxDirectMemory", Long.toString(bytes));
  }

  /** The bytes in use, with those that the pool keeps for reuse. */
  public static long used() {
    return PlatformDependent.usedDirectMemory();
  }

  /** The limit in bytes. */
  public static long limit() {
    return PlatformDependent.maxDirectMemory();
  }
}

package dev.orderwire.gateway.protocol;

import io.netty.util.internal.PlatformDependent;

/**
 * The memory outside of Java's heap that Netty's buffers take: what is received, and what is sent.
 * Whoever asks for more than its bound gets an {@link OutOfMemoryError}, which ends what it was
 * asked for: a request, a catch-up, a connection. For any thread.
 */
public final class DirectMemory {
  private DirectMemory() {}

  /**
   * Bounds it, for the whole process. Netty asks for the bound once, when it is first used: later
   * calls change nothing.
   */
  public static void bound(long bytes) {
    System.setProperty("io.netty.maxDirectMemory", Long.toString(bytes));
  }

  /** How many bytes it takes, with those that its pool keeps for the next to ask. */
  public static long used() {
    return PlatformDependent.usedDirectMemory();
  }

  /** How many bytes it takes at the most. */
  public static long limit() {
    return PlatformDependent.maxDirectMemory();
  }
}

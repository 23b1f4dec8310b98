package dev.orderwire.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limit of open files of a process. The JVM raises its soft limit to the hard limit. */
final class OpenFileLimit {
  /** Files that a process opens besides its clients' sockets. */
  private static final int RESERVED = 500;

  private OpenFileLimit() {}

  /**
   * Checks that one process may open so many sockets.
   *
   * @throws IllegalStateException if not; the message says what to do
   */
  static void require(int sockets) throws IOException {
    long limit = limit();
    if (sockets + RESERVED > limit) {
      throw new IllegalStateException(
          ("expected room for %,d sockets in one process, found a limit of %,d open files: raise"
                  + " it (ulimit -Hn %d, as root, or LimitNOFILE), or ask for fewer clients")
              .formatted(sockets, limit, sockets + RESERVED));
    }
  }

  private static long limit() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split("\\s+", -1)[4])
        .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/limits has no limit of open files"));
  }
}

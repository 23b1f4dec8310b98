package dev.orderwire.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limit of open files of a process, which Java raises as far as it may by itself. */
final class OpenFiles {
  /** What a process has open besides its clients' sockets. */
  private static final int OTHERS = 500;

  private OpenFiles() {}

  /**
   * Fails where one process may not hold so many sockets.
   *
   * @throws IllegalStateException with what to do
   */
  static void require(int sockets) throws IOException {
    long limit = limit();
    if (sockets + OTHERS > limit) {
      throw new IllegalStateException(
          ("expected room for %,d sockets in one process, found a limit of %,d open files: raise"
                  + " it (ulimit -Hn %d, as root, or LimitNOFILE), or ask for fewer clients")
              .formatted(sockets, limit, sockets + OTHERS));
    }
  }

  private static long limit() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split("\\s+", -1)[4])
        .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/limits does not tell of open files"));
  }
}

package dev.orderwire.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many of the machine's cores have been busy since a moment, with whatever it was: servers,
 * clients, MySQL, or what is not ours. As Linux counts it in the first line of /proc/stat
 * (proc_stat(5)). Where that is near to all of them, what is late may have waited for a core.
 */
final class BusyCores {
  /** Where /proc/stat has them, behind the line's name. */
  private static final int IDLE = 3;

  private static final int IOWAIT = 4;

  /** What follows is the guests' share of the first two, and counted in them. */
  private static final int LAST = 7;

  /** The time of all cores since the machine's start, and what of it was not idle. */
  private record Ticks(long all, long busy) {
    static Ticks now() throws IOException {
      try (var lines = Files.lines(Path.of("/proc/stat"))) {
        String[] fields = lines.findFirst().orElseThrow().trim().split(" +", -1);
        long all = 0;
        for (int i = 0; i <= LAST; i++) {
          all += Long.parseLong(fields[i + 1]);
        }
        long idle = Long.parseLong(fields[IDLE + 1]) + Long.parseLong(fields[IOWAIT + 1]);
        return new Ticks(all, all - idle);
      }
    }
  }

  private final Ticks before;

  private BusyCores(Ticks before) {
    this.before = before;
  }

  /** Counts from now on. */
  static BusyCores fromNow() throws IOException {
    return new BusyCores(Ticks.now());
  }

  /** On average since then; 0 where no time has gone by. */
  double cores() throws IOException {
    Ticks now = Ticks.now();
    long all = now.all - before.all;
    double share = all == 0 ? 0 : (double) (now.busy - before.busy) / all;
    return share * Runtime.getRuntime().availableProcessors();
  }
}

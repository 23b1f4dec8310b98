package dev.orderwire.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many of the machine's cores have been busy since a moment, with whatever it was: servers,
 * clients, MySQL, or what is not ours. As Linux counts it in the first line of /proc/stat
 * (proc_stat(5)). Where that is near to all of them, what is late may have waited for a core.
 */
final class BusyCores {
  private static final Path STAT = Path.of("/proc/stat");

  /** Where the line of all cores has them; its name is the first field. */
  private static final int IDLE = 4;

  private static final int IOWAIT = 5;

  /** What follows is the guests' share of the first two, and counted in them. */
  private static final int LAST = 8;

  /** The time of all cores since the machine's start, and what of it was not idle. */
  private record Ticks(int cores, long all, long busy) {
    static Ticks now() throws IOException {
      List<String> lines =
          Files.readAllLines(STAT).stream().filter(line -> line.startsWith("cpu")).toList();
      String[] fields = lines.getFirst().split(" +", -1);
      long all = 0;
      for (int i = 1; i <= LAST; i++) {
        all += Long.parseLong(fields[i]);
      }
      long idle = Long.parseLong(fields[IDLE]) + Long.parseLong(fields[IOWAIT]);
      // One line for all of them, and one for each: a container may have fewer than the machine.
      return new Ticks(lines.size() - 1, all, all - idle);
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
    return all == 0 ? 0 : now.cores * (double) (now.busy - before.busy) / all;
  }
}

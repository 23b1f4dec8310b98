package dev.orderwire.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many of the machine's cores have been busy since {@link #start}, with any process, as Linux
 * counts it in /proc/stat (proc_stat(5)). If nearly all were, delays include waiting for a core.
 */
public final class BusyCores {
  private static final Path STAT = Path.of("/proc/stat");

  /** Indexes of fields in the line of all cores. Field 0 is the line's name. */
  private static final int IDLE = 4;

  private static final int IOWAIT = 5;

  /** The fields after this one are the guests' time, which the first two include. */
  private static final int LAST = 8;

  /** The time of all cores since the machine's start, and the part of it that was not idle. */
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
      // One line for all cores, then one for each: a container may see fewer than the machine has.
      return new Ticks(lines.size() - 1, all, all - idle);
    }
  }

  private final Ticks before;

  private BusyCores(Ticks before) {
    this.before = before;
  }

  /** Begins to count. */
  public static BusyCores start() throws IOException {
    return new BusyCores(Ticks.now());
  }

  /** The average since the start; 0 if no time has passed. */
  public double cores() throws IOException {
    Ticks now = Ticks.now();
    long all = now.all - before.all;
    return all == 0 ? 0 : now.cores * (double) (now.busy - before.busy) / all;
  }
}

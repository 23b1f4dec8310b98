package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The turns that one process takes at sending to a group, and what each message cost it. */
final class Turns {
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  /** Has the process send. */
  interface Sending {
    /**
     * Sends, and returns when all is sent.
     *
     * @param from the number of the first change, where the sender does not count by itself
     * @return the one after the last
     */
    int send(int from, int seconds) throws Exception;
  }

  private final Load load;
  private final String group;
  private final long pid;
  private final Sending sending;
  private final List<Double> micros = new ArrayList<>();
  private final List<Double> busyCores = new ArrayList<>();
  private int next;

  Turns(Load load, String group, long pid, Sending sending) {
    this.load = load;
    this.group = group;
    this.pid = pid;
    this.sending = sending;
  }

  /** Forgets what was before, the warm-up. */
  void begin() {
    micros.clear();
    busyCores.clear();
    load.clear(group);
  }

  /** Takes a turn; it ends when all is at every client, once. */
  void run(int seconds) throws Exception {
    long messages = report().messages();
    ProcessCpu cpu = ProcessCpu.from(pid);
    BusyCores busy = BusyCores.fromNow();
    int from = next;
    next = sending.send(from, seconds);
    LoadReport report = load.await(group, from, next, ARRIVES_WITHIN).checked();
    micros.add(cpu.micros() / (report.messages() - messages));
    busyCores.add(busy.cores());
  }

  /** The middle of what a message cost in each turn, in microseconds of processor time. */
  double median() {
    return Figures.median(micros);
  }

  /** The middle of how many of the machine's cores were busy in each turn, with all there was. */
  double busyCores() {
    return Figures.median(busyCores);
  }

  LoadReport report() {
    return load.report(group, 0, 0);
  }

  /** How long a message is on the wire, on average. */
  int frameBytes() {
    LoadReport report = report();
    return Math.toIntExact(report.bytes() / report.messages());
  }

  @Override
  public String toString() {
    return micros.stream().map("%.2f"::formatted).collect(Collectors.joining(", ", "", " us"));
  }
}

package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.BusyCores;
import dev.orderwire.bench.rig.ProcessCpu;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Measures the CPU time per delivered message of a process that sends to a group, in turns. */
final class MessageCost {
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  /** Makes the process send. */
  interface Sender {
    /**
     * Sends changes with consecutive sequence numbers, and returns when all are sent.
     *
     * @param from the sequence number of the first change; a sender that counts by itself may
     *     ignore it
     * @return one more than the last sequence number
     */
    int send(int from, int seconds) throws Exception;
  }

  private final Load load;
  private final String group;
  private final long pid;
  private final Sender sender;
  private final List<Double> micros = new ArrayList<>();
  private final List<Double> busyCores = new ArrayList<>();
  private int next;

  MessageCost(Load load, String group, long pid, Sender sender) {
    this.load = load;
    this.group = group;
    this.pid = pid;
    this.sender = sender;
  }

  /** Discards all turns so far: the warm-up. */
  void reset() {
    micros.clear();
    busyCores.clear();
    load.clear(group);
  }

  /** Takes a turn, and returns when every change has arrived once at every client. */
  void takeTurn(int seconds) throws Exception {
    long messages = report().messages();
    ProcessCpu cpu = ProcessCpu.start(pid);
    BusyCores busy = BusyCores.start();
    int from = next;
    next = sender.send(from, seconds);
    LoadReport report = load.await(group, from, next, ARRIVES_WITHIN).requireComplete();
    micros.add(cpu.micros() / (report.messages() - messages));
    busyCores.add(busy.cores());
  }

  /** The median of the turns' CPU time per message, in microseconds. */
  double medianMicros() {
    return Figures.median(micros);
  }

  /** The median of the turns' busy cores, with any process on the machine. */
  double medianBusyCores() {
    return Figures.median(busyCores);
  }

  LoadReport report() {
    return load.report(group, 0, 0);
  }

  /** The average length of a message's frame. */
  int frameBytes() {
    LoadReport report = report();
    return Math.toIntExact(report.bytes() / report.messages());
  }

  @Override
  public String toString() {
    return micros.stream().map("%.2f"::formatted).collect(Collectors.joining(", ", "", " us"));
  }
}

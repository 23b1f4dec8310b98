package dev.orderwire.bench;

import java.io.PrintStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The delays of Orderwire and of a peer on the same MySQL in the same run. Both run all the time;
 * they have their clients by turns, so that neither takes processor time from the other's clients,
 * and what else the machine does falls on both.
 */
final class PeerComparison {
  /** Seconds of a turn. */
  private static final int TURN = 5;

  /** Lets clients watch a server for so many seconds of writes; the delays are in nanoseconds. */
  @FunctionalInterface
  interface Load {
    Histogram run(URI websocket, int seconds) throws Exception;
  }

  private final Histogram ours = new Histogram(3);
  private final Histogram peers = new Histogram(3);

  private PeerComparison() {}

  /**
   * @param warmUp for each, in seconds
   * @param seconds of each, cut into turns
   */
  static PeerComparison measure(URI ours, URI peer, Load load, int warmUp, int seconds)
      throws Exception {
    load.run(ours, warmUp);
    load.run(peer, warmUp);
    PeerComparison comparison = new PeerComparison();
    int turns = Math.ceilDiv(seconds, TURN);
    for (int turn = 0; turn < turns; turn++) {
      // One begins, then the other: where the machine slows down, neither is always the later one.
      if (turn % 2 == 0) {
        comparison.ours.add(load.run(ours, TURN));
      }
      comparison.peers.add(load.run(peer, TURN));
      if (turn % 2 == 1) {
        comparison.ours.add(load.run(ours, TURN));
      }
    }
    return comparison;
  }

  void print(PrintStream out, String peer) {
    out.printf(
        "%-36s %8s %8s %8s %8s  (ms)%n",
        "before the INSERT to arrival", "p50", "p99", "p99.9", "max");
    print(out, "orderwire", ours);
    print(out, peer, peers);
    out.printf("%-36s %8.2f %8.2f%n", "orderwire / " + peer, ratio(50), ratio(99));
  }

  private static void print(PrintStream out, String who, Histogram nanos) {
    out.printf(
        "%-36s %8.2f %8.2f %8.2f %8.2f%n",
        who, millis(nanos, 50), millis(nanos, 99), millis(nanos, 99.9), millis(nanos, 100));
  }

  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("p50Millis", millis(ours, 50));
    figures.put("p99Millis", millis(ours, 99));
    figures.put("peerP50Millis", millis(peers, 50));
    figures.put("peerP99Millis", millis(peers, 99));
    figures.put("ratioP50", ratio(50));
    figures.put("ratioP99", ratio(99));
    return figures;
  }

  private double ratio(double percentile) {
    return millis(ours, percentile) / millis(peers, percentile);
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}

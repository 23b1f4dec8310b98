package dev.orderwire.bench;

import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * The delays of Orderwire and of a peer on the same MySQL in the same run. Both run all the time;
 * they have their clients by turns, so that neither takes processor time from the other's clients,
 * and what else the machine does falls on both.
 */
final class PeerComparison {
  private static final String CLIENTS = "clients";

  /** Seconds of a turn. */
  private static final int TURN = 5;

  private static final int CONNECTS_PER_SECOND = 500;
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  private final Rig rig;
  private final Writers writer;
  private final int clients;
  private final int rate;
  private final Histogram ours = new Histogram(3);
  private final Histogram peers = new Histogram(3);

  private PeerComparison(Rig rig, Writers writer, int clients, int rate) {
    this.rig = rig;
    this.writer = writer;
    this.clients = clients;
    this.rate = rate;
  }

  /**
   * @param rate inserts a second
   * @param warmUp for each, in seconds
   * @param seconds of each, cut into turns
   */
  static Figures measure(Rig rig, int clients, int rate, int warmUp, int seconds) throws Exception {
    NodePeer node =
        rig.start("peer", log -> NodePeer.start(rig.mysql(), BenchFolder.DATABASE, log));
    try (Writers writer = new Writers(rig, 1)) {
      PeerComparison comparison = new PeerComparison(rig, writer, clients, rate);
      comparison.run(rig.server().websocket(), node.websocket(), warmUp, seconds);
      comparison.print(System.out);
      return comparison.figures();
    }
  }

  private void run(URI server, URI peer, int warmUp, int seconds) throws Exception {
    turn(server, warmUp);
    turn(peer, warmUp);
    int turns = Math.ceilDiv(seconds, TURN);
    for (int turn = 0; turn < turns; turn++) {
      // One begins, then the other: where the machine slows down, neither is always the later one.
      if (turn % 2 == 0) {
        ours.add(turn(server, TURN));
      }
      peers.add(turn(peer, TURN));
      if (turn % 2 == 1) {
        ours.add(turn(server, TURN));
      }
    }
  }

  /** The clients leave the server of the turn before. */
  private Histogram turn(URI websocket, int seconds) throws Exception {
    rig.load().connect(CLIENTS, clients, CONNECTS_PER_SECOND, websocket);
    Writers.Written written = writer.write(Writers.Statement.INSERT, rate, seconds);
    return rig.load()
        .await(CLIENTS, written.from(), written.to(), ARRIVES_WITHIN)
        .checked()
        .delays();
  }

  private void print(PrintStream out) {
    out.printf(
        "%-36s %8s %8s %8s %8s  (ms)%n",
        "from before the INSERT to arrival", "p50", "p99", "p99.9", "max");
    print(out, "orderwire", ours);
    print(out, "node", peers);
  }

  private static void print(PrintStream out, String who, Histogram nanos) {
    out.printf(
        "%-36s %8.2f %8.2f %8.2f %8.2f%n",
        who, millis(nanos, 50), millis(nanos, 99), millis(nanos, 99.9), millis(nanos, 100));
  }

  private Figures figures() {
    String most = clients <= 10 ? "<= 1.2" : "<= 1.0";
    return new Figures()
        .add("clients", "clients", clients, "")
        .add("p50Millis", "orderwire, p50", millis(ours, 50), "ms")
        .add("p99Millis", "orderwire, p99", millis(ours, 99), "ms")
        .add("peerP50Millis", "node, p50", millis(peers, 50), "ms")
        .add("peerP99Millis", "node, p99", millis(peers, 99), "ms")
        .add("ratioP50", "orderwire to node, p50", ratio(50), "x", most)
        .add("ratioP99", "orderwire to node, p99", ratio(99), "x", most);
  }

  private double ratio(double percentile) {
    return millis(ours, percentile) / millis(peers, percentile);
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}

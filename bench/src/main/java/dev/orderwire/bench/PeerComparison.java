package dev.orderwire.bench;

import dev.orderwire.bench.load.LoadReport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * The delays of Orderwire and of a peer on the same MySQL in the same run, from before each INSERT
 * to its arrival at each client. Both servers run all the time; they have their clients by turns,
 * so that neither takes processor time from the other's clients, and what else the machine does
 * falls on both.
 */
final class PeerComparison {
  private static final String CLIENTS = "clients";

  /** As many as have come and gone at a server that has been up for a while. */
  private static final int WARMING_CLIENTS = 2_000;

  private static final int TURN_SECONDS = 5;
  private static final int CONNECTS_PER_SECOND = 500;
  private static final Duration SETTLES_FOR = Duration.ofSeconds(1);
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  private final Rig rig;
  private final Writers writer;
  private final int clients;
  private final int rate;

  private PeerComparison(Rig rig, Writers writer, int clients, int rate) {
    this.rig = rig;
    this.writer = writer;
    this.clients = clients;
    this.rate = rate;
  }

  /** One of the two, and what its clients saw in all its turns; in nanoseconds. */
  private record Side(String name, URI websocket, Histogram delays, List<LoadReport> turns) {
    Side(String name, URI websocket) {
      this(name, websocket, new Histogram(3), new ArrayList<>());
    }

    double millis(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }

    /** Of the turns the middle one's: what one hiccup of the machine does not change. */
    double middleMillis(double percentile) {
      return Figures.median(turns.stream().map(turn -> turn.millis(percentile)).toList());
    }

    void add(LoadReport turn) {
      delays.add(turn.delays());
      turns.add(turn);
    }

    String remark() {
      return turns.stream()
          .map(turn -> "%.1f".formatted(turn.millis(99)))
          .collect(Collectors.joining(", ", "p99 of the turns of " + name + ": ", " ms"));
    }
  }

  /**
   * @param rate inserts a second
   * @param warmUp of each, in seconds, cut into turns that do not count
   * @param seconds of each, cut into turns
   */
  static Figures measure(Rig rig, Writers writer, int clients, int rate, int warmUp, int seconds)
      throws Exception {
    NodePeer node =
        rig.start("peer", log -> NodePeer.start(rig.mysql(), BenchFolder.DATABASE, log));
    Side ours = new Side("orderwire", rig.server().websocket());
    Side peer = new Side("node", node.websocket());
    PeerComparison comparison = new PeerComparison(rig, writer, clients, rate);
    for (Side side : List.of(ours, peer)) {
      rig.load().connect(CLIENTS, WARMING_CLIENTS, CONNECTS_PER_SECOND, side.websocket);
    }
    // Turns like those that count: whatever is new in them a JVM would compile in the first ones.
    comparison.turns(
        new Side(ours.name, ours.websocket), new Side(peer.name, peer.websocket), warmUp);
    comparison.turns(ours, peer, seconds);
    return figures(clients, ours, peer);
  }

  private void turns(Side ours, Side peer, int seconds) throws Exception {
    for (int turn = 0; turn < Math.ceilDiv(seconds, TURN_SECONDS); turn++) {
      // Where the machine slows down, neither is always the later one.
      Side first = turn % 2 == 0 ? ours : peer;
      first.add(turn(first));
      Side second = turn % 2 == 0 ? peer : ours;
      second.add(turn(second));
    }
  }

  /** The clients leave the server of the turn before. */
  private LoadReport turn(Side side) throws Exception {
    rig.load().connect(CLIENTS, clients, CONNECTS_PER_SECOND, side.websocket);
    // To connect is no part of what is measured, and neither is what a JVM compiles after it.
    Thread.sleep(SETTLES_FOR);
    Writers.Written written = writer.write(Writers.Statement.INSERT, rate, TURN_SECONDS);
    return rig.load().await(CLIENTS, written.from(), written.to(), ARRIVES_WITHIN).checked();
  }

  private static Figures figures(int clients, Side ours, Side peer) {
    String most = clients <= 10 ? "<= 1.2" : "<= 1.0";
    Figures figures = new Figures().add("clients", "clients", clients, "");
    for (double percentile : new double[] {50, 99}) {
      String key = "P%.0fMillis".formatted(percentile);
      String label = ", from before the INSERT to arrival, p%.0f".formatted(percentile);
      figures
          .add("own" + key, ours.name + label, ours.millis(percentile), "ms")
          .add("peer" + key, peer.name + label, peer.millis(percentile), "ms")
          .add(
              "ratioP%.0f".formatted(percentile),
              ours.name + " to " + peer.name + ", p%.0f".formatted(percentile),
              ours.millis(percentile) / peer.millis(percentile),
              "x",
              most)
          .add(
              "turnsRatioP%.0f".formatted(percentile),
              "the same of their middle turns",
              ours.middleMillis(percentile) / peer.middleMillis(percentile),
              "x");
    }
    return figures.remark(ours.remark()).remark(peer.remark());
  }
}

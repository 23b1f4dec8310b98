package dev.orderwire.bench;

import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.peer.NodePeer;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.Rig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Compares the delays of Orderwire and of a peer on the same MySQL in the same run, from before
 * each INSERT to its arrival at each client. Both servers run all the time and have clients in
 * alternating turns: neither takes CPU time from the other's clients, and other load on the machine
 * affects both.
 */
final class PeerComparison {
  private static final String CLIENTS = "clients";

  /** So many clients have connected and left at a server that has been up for a while. */
  private static final int WARM_UP_CLIENTS = 2_000;

  private static final int TURN_SECONDS = 5;
  private static final int CONNECTS_PER_SECOND = 500;
  private static final Duration SETTLES_FOR = Duration.ofSeconds(1);
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  private final Rig rig;
  private final PacedWriters writer;
  private final int clients;
  private final int rate;

  private PeerComparison(Rig rig, PacedWriters writer, int clients, int rate) {
    this.rig = rig;
    this.writer = writer;
    this.clients = clients;
    this.rate = rate;
  }

  /** One of the two servers, with the delays at its clients in all its turns, in nanoseconds. */
  private record Side(String name, URI websocket, Histogram delays, List<LoadReport> turns) {
    Side(String name, URI websocket) {
      this(name, websocket, new Histogram(3), new ArrayList<>());
    }

    double millis(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }

    /** The median of the turns, which one hiccup of the machine does not change. */
    double medianTurnMillis(double percentile) {
      return Figures.median(turns.stream().map(turn -> turn.millis(percentile)).toList());
    }

    void add(LoadReport turn) {
      delays.add(turn.delays());
      turns.add(turn);
    }

    String remark() {
      return turns.stream()
          .map(turn -> "%.1f".formatted(turn.millis(99)))
          .collect(Collectors.joining(", ", "p99 of each turn, " + name + ": ", " ms"));
    }
  }

  /**
   * @param rate inserts a second
   * @param warmUp seconds of turns for each server that are not measured
   * @param seconds seconds of measured turns for each server
   */
  static Figures measure(
      Rig rig, PacedWriters writer, int clients, int rate, int warmUp, int seconds)
      throws Exception {
    NodePeer node = rig.start("peer", log -> NodePeer.start(rig.mysql(), Rig.DATABASE, log));
    Side ours = new Side("orderwire", rig.server().websocket());
    Side peer = new Side("node", node.websocket());
    PeerComparison comparison = new PeerComparison(rig, writer, clients, rate);
    for (Side side : List.of(ours, peer)) {
      rig.load().connect(CLIENTS, WARM_UP_CLIENTS, CONNECTS_PER_SECOND, side.websocket);
    }
    // Complete turns, or the JVMs would compile parts of a turn in the first measured ones.
    comparison.turns(
        new Side(ours.name, ours.websocket), new Side(peer.name, peer.websocket), warmUp);
    comparison.turns(ours, peer, seconds);
    return figures(clients, ours, peer);
  }

  private void turns(Side ours, Side peer, int seconds) throws Exception {
    for (int turn = 0; turn < Math.ceilDiv(seconds, TURN_SECONDS); turn++) {
      // The order alternates, so that a machine that slows down affects both alike.
      Side first = turn % 2 == 0 ? ours : peer;
      first.add(turn(first));
      Side second = turn % 2 == 0 ? peer : ours;
      second.add(turn(second));
    }
  }

  /** Connects the clients, which disconnects them from the other server, and measures. */
  private LoadReport turn(Side side) throws Exception {
    rig.load().connect(CLIENTS, clients, CONNECTS_PER_SECOND, side.websocket);
    // Neither connecting nor what the JVM compiles right after it is measured.
    Thread.sleep(SETTLES_FOR);
    PacedWriters.WriteResult written =
        writer.write(PacedWriters.StampedStatement.INSERT, rate, TURN_SECONDS);
    return rig.load()
        .await(CLIENTS, written.from(), written.to(), ARRIVES_WITHIN)
        .requireComplete();
  }

  private static Figures figures(int clients, Side ours, Side peer) {
    String target = clients <= 10 ? "<= 1.2" : "<= 1.0";
    Figures figures = new Figures().add("clients", "clients", clients, "");
    for (double percentile : new double[] {50, 99}) {
      String key = "P%.0fMillis".formatted(percentile);
      String label = ", delay from before the INSERT, p%.0f".formatted(percentile);
      figures
          .add("own" + key, ours.name + label, ours.millis(percentile), "ms")
          .add("peer" + key, peer.name + label, peer.millis(percentile), "ms")
          .add(
              "ratioP%.0f".formatted(percentile),
              "%s to %s, p%.0f".formatted(ours.name, peer.name, percentile),
              ours.millis(percentile) / peer.millis(percentile),
              "x",
              target)
          .add(
              "turnsRatioP%.0f".formatted(percentile),
              "the same for the medians of the turns",
              ours.medianTurnMillis(percentile) / peer.medianTurnMillis(percentile),
              "x");
    }
    return figures.remark(ours.remark()).remark(peer.remark());
  }
}

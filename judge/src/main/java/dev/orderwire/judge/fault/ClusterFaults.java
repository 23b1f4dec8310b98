package dev.orderwire.judge.fault;

import dev.orderwire.judge.cluster.Cluster;
import dev.orderwire.judge.cluster.Link;
import dev.orderwire.judge.cluster.ServerProcess;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The faults of a cluster's parts. Each is healed when its method returns. */
final class ClusterFaults {
  private final SeededRandom random;
  private final Cluster cluster;
  private final Phase phase;
  private final Tally tally;

  ClusterFaults(SeededRandom random, Cluster cluster, Phase phase, Tally tally) {
    this.random = random;
    this.cluster = cluster;
    this.phase = phase;
    this.tally = tally;
  }

  /** Takes the lead from the process that has it, in one of several ways. */
  void relay() throws InterruptedException {
    // Others end the session of a leader that hangs for 6 seconds.
    Duration time = Duration.ofMillis(random.between(200, 12_000));
    int share = random.below(100);
    if (share < 15) {
      count("relay: all that may lead were killed");
      cluster.candidates().forEach(ServerProcess::kill);
      return;
    }
    ServerProcess leader = cluster.leader().orElseGet(() -> random.pick(cluster.candidates()));
    if (share < 35) {
      count("relay: killed");
      leader.kill();
    } else if (share < 50) {
      count("relay: terminated");
      leader.terminate();
    } else if (share < 70) {
      count("relay: stopped and continued");
      leader.suspend();
      phase.pause(time);
      leader.resume();
    } else {
      Link link = random.pick(leader.links());
      boolean silent = random.percent(50);
      count("relay: " + (silent ? "silence" : "cut"));
      if (silent) {
        link.silence();
      } else {
        link.cut();
      }
      phase.pause(time);
      link.heal();
    }
  }

  /** Ends all servers that clients are served by, or all but one. */
  void gateways() {
    List<ServerProcess> ended = new ArrayList<>(cluster.serving());
    if (random.percent(60)) {
      ended.remove(random.below(ended.size()));
    }
    if (random.percent(50)) {
      count("gateway: several killed");
      ended.forEach(ServerProcess::kill);
    } else {
      count("gateway: several terminated");
      ended.forEach(ServerProcess::terminate);
    }
  }

  /** Kills the balancer, or lets it hang. */
  void balancer(Duration time) throws InterruptedException {
    Link link = cluster.balancer().orElseThrow().link();
    if (random.percent(60)) {
      count("balancer: killed");
      link.cut();
    } else {
      count("balancer: stopped and continued");
      link.silence();
    }
    phase.pause(time);
    link.heal();
  }

  /** Injects a fault of the engine of the bus. */
  void broker() throws InterruptedException {
    cluster.broker().orElseThrow().fail(random, phase);
  }

  /** Injects a fault of the replica. */
  void replica() throws InterruptedException {
    cluster.replica().orElseThrow().fail(random, phase);
  }

  private void count(String what) {
    tally.count(Tally.Group.FAULTS, what);
  }
}

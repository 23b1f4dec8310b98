package dev.orderwire.judge.cluster;

import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A master of Redis and a replica of it. The servers reach the master by its links, as by an
 * address that moves with the master.
 */
final class RedisBroker implements Broker {
  private final Tally tally;

  /** Between the replica and the master. */
  private final Link replication;

  private volatile RedisProcess master;
  private RedisProcess replica;

  /**
   * Starts both.
   *
   * @param folder for their data and logs; created
   */
  RedisBroker(Path folder, Tally tally) throws IOException {
    this.tally = tally;
    Files.createDirectories(folder);
    this.master = new RedisProcess(folder.resolve("a"), folder.resolve("a.log"));
    this.replica = new RedisProcess(folder.resolve("b"), folder.resolve("b.log"));
    this.replication = new Link(_ -> port());
    replicate();
  }

  private void replicate() throws IOException {
    replica.command("REPLICAOF 127.0.0.1 " + replication.port());
  }

  /** The port of the master. */
  int port() {
    return master.port();
  }

  @Override
  public Link newLink() throws IOException {
    return new Link(_ -> port());
  }

  @Override
  public Map<String, String> settings(int link) {
    return Map.of("ORDERWIRE_BUS_URL", "redis://127.0.0.1:" + link);
  }

  @Override
  public void fail(SeededRandom random, Phase phase) throws InterruptedException {
    Duration time = Duration.ofMillis(random.between(0, 6_000));
    try {
      switch (random.below(6)) {
        case 0 -> {
          count("killed");
          master.kill();
          phase.pause(time);
          master.restart();
        }
        case 1 -> {
          count("killed, and its data lost");
          master.kill();
          phase.pause(time);
          master.restartEmpty();
        }
        case 2 -> {
          count("FLUSHALL");
          master.command("FLUSHALL");
        }
        case 3 -> {
          count("stopped and continued");
          master.suspend();
          phase.pause(time);
          master.resume();
        }
        case 4 -> {
          count("out of memory");
          master.command("CONFIG SET maxmemory 1");
          phase.pause(time);
          master.command("CONFIG SET maxmemory 0");
        }
        default -> failOver(time, random.percent(40), phase);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void count(String what) {
    tally.count(Tally.Group.FAULTS, "redis: " + what);
  }

  private void failOver(Duration time, boolean twoMasters, Phase phase)
      throws IOException, InterruptedException {
    count(twoMasters ? "fail-over with two masters" : "fail-over");
    cutOff();
    phase.pause(time);
    if (!twoMasters) {
      master.kill();
    }
    RedisProcess old = promote();
    if (twoMasters) {
      // It serves on, for those that are connected.
      phase.pause(time);
      old.kill();
    }
    follow();
  }

  /** The replica gets nothing any more. */
  void cutOff() {
    replication.cut();
  }

  /** Makes the replica the master, and returns the old one. */
  RedisProcess promote() throws IOException {
    RedisProcess old = master;
    replica.command("REPLICAOF NO ONE");
    master = replica;
    replica = old;
    return old;
  }

  /** Makes the old master, which was killed, a replica with nothing of its own. */
  void follow() throws IOException {
    replica.restartEmpty();
    replication.heal();
    replicate();
  }

  @Override
  public void close() {
    List.of(master, replica).forEach(RedisProcess::close);
    replication.close();
  }
}

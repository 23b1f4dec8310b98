package dev.orderwire.bench.hostile;

import dev.orderwire.bench.load.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Hostile clients in a process of their own, which gives way to all others: what is measured is
 * what the server does about them, and not their own work. For one thread.
 */
public final class HostileLoad implements AutoCloseable {
  private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xmx256m");

  private final ChildJvm process;

  private HostileLoad(ChildJvm process) {
    this.process = process;
  }

  public static HostileLoad start(Path log) throws IOException {
    return new HostileLoad(
        ChildJvm.startNice(
            ChildJvm.optionsOfLoad(JVM), HostileGenerator.class.getName(), List.of(), log));
  }

  /**
   * Begins to attack: each host runs all of these at the same time.
   *
   * @param hosts how many; each has an address and a token of its own
   * @param perSecond attempts of each host, over all attacks, unless the server makes them last
   * @param tokens a file with a token a line, at least as many as hosts
   */
  public void attack(URI websocket, int hosts, int perSecond, Set<Attack> attacks, Path tokens) {
    String names = attacks.stream().map(Attack::name).collect(Collectors.joining(","));
    process.send(
        "attack %s %d %d %d %s %s"
            .formatted(websocket.getHost(), websocket.getPort(), hosts, perSecond, names, tokens));
    process.receive();
  }

  /** Ends all attacks, and returns what the server answered since they began. */
  public Tally stop() {
    process.send("stop");
    return Tally.read(process.receive());
  }

  @Override
  public void close() {
    process.close();
  }
}

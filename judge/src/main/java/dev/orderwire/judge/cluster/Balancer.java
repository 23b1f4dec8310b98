package dev.orderwire.judge.cluster;

import dev.orderwire.judge.client.Endpoint;
import dev.orderwire.judge.run.SeededRandom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A load balancer for TCP: it passes each new connection to any server that says it is ready, so
 * that clients resume anywhere. Its log has the server of each connection. Safe for use by any
 * number of threads.
 */
public final class Balancer implements Endpoint, AutoCloseable {
  private static final Duration CHECKS_EACH = Duration.ofMillis(100);

  private final List<Endpoint> servers;
  private final Set<Endpoint> ready = ConcurrentHashMap.newKeySet();
  private final SeededRandom random;
  private final Writer log;
  private final Link link;
  private final List<Thread> checks = new ArrayList<>();

  /**
   * Starts it.
   *
   * @param servers those for clients
   * @param folder for the log
   */
  Balancer(long seed, List<? extends Endpoint> servers, Path folder) throws IOException {
    this.servers = List.copyOf(servers);
    this.random = new SeededRandom(seed, toString());
    this.log = Files.newBufferedWriter(folder.resolve(this + ".log"));
    this.link = new Link(this::choose);
    for (Endpoint server : servers) {
      checks.add(Thread.ofVirtual().start(() -> check(server)));
    }
  }

  private void check(Endpoint server) {
    Health health = new Health(server.port());
    try {
      while (true) {
        if (health.isReady()) {
          ready.add(server);
        } else {
          ready.remove(server);
        }
        Thread.sleep(CHECKS_EACH);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Clients find no server where none is ready. */
  private synchronized int choose(int from) {
    List<Endpoint> candidates = servers.stream().filter(ready::contains).toList();
    Endpoint chosen = candidates.isEmpty() ? null : random.pick(candidates);
    try {
      log.write(
          "%s port %d: %s%n"
              .formatted(
                  LocalTime.now(ZoneOffset.UTC), from, chosen == null ? "no server" : chosen));
      log.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return chosen == null ? Link.Target.NONE : chosen.port();
  }

  @Override
  public int port() {
    return link.port();
  }

  /** Its network, which can be cut and silenced. */
  public Link link() {
    return link;
  }

  @Override
  public void close() {
    checks.forEach(Thread::interrupt);
    link.close();
  }

  @Override
  public String toString() {
    return "balancer";
  }
}

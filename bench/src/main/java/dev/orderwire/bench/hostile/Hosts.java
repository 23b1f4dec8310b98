package dev.orderwire.bench.hostile;

import dev.orderwire.bench.load.OwnAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Hosts that run several attacks at the same time, each on a thread of its own. */
final class Hosts {
  private final InetSocketAddress server;
  private final List<String> tokens;
  private final long intervalNanos;
  private final List<Attack> attacks;
  private final Tally tally = new Tally();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<HostileSocket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /**
   * @param tokens one for each host
   * @param perSecond attempts a second of each host, over all attacks
   */
  Hosts(InetSocketAddress server, List<String> tokens, int perSecond, List<Attack> attacks) {
    this.server = server;
    this.tokens = List.copyOf(tokens);
    this.attacks = List.copyOf(attacks);
    this.intervalNanos = TimeUnit.SECONDS.toNanos(attacks.size()) / perSecond;
  }

  void start() {
    for (int host = 0; host < tokens.size(); host++) {
      int number = host;
      for (Attack attack : attacks) {
        threads.add(Thread.ofVirtual().start(() -> run(attack, number)));
      }
    }
  }

  /** Ends the attacks, and closes their connections. */
  Tally stop() throws InterruptedException {
    stopped = true;
    open.forEach(HostileSocket::close);
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
    return tally;
  }

  private void run(Attack attack, int host) {
    // Not all at once.
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(intervalNanos));
    while (!stopped) {
      long began = System.nanoTime();
      String answer = attempt(attack, host);
      tally.add(attack, answer, 1);
      LockSupport.parkNanos(began + intervalNanos - System.nanoTime());
    }
  }

  private String attempt(Attack attack, int host) {
    try (HostileSocket socket =
        HostileSocket.connect(server, OwnAddress.of(OwnAddress.ATTACKERS, host))) {
      open.add(socket);
      try {
        return stopped ? HostileSocket.OPEN : attack.on(socket, tokens.get(host));
      } finally {
        open.remove(socket);
      }
    } catch (IOException e) {
      return stopped ? HostileSocket.OPEN : HostileSocket.CUT_OFF;
    }
  }
}

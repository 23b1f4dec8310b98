package dev.orderwire.demo.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A load balancer for TCP. It asks each server at {@code /health/ready} several times a second
 * whether it is ready, and passes each new connection to the ready server that has the fewest.
 * Connections stay where they are until one end closes them, or until the server does not answer
 * any more. Safe for any number of threads.
 */
public final class Balancer implements AutoCloseable {
  private static final Duration CHECKED_EACH = Duration.ofMillis(200);
  private static final Duration WAITS_FOR_A_SERVER = Duration.ofSeconds(10);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final int CONNECTS_WITHIN_MILLIS = 1_000;
  private static final int BACKLOG = 1_000;

  private final Supplier<List<InetSocketAddress>> addresses;
  private final ServerSocket listening;
  private final Map<InetSocketAddress, Backend> backends = new ConcurrentHashMap<>();
  private final Set<Tunnel> tunnels = ConcurrentHashMap.newKeySet();
  private final Thread checks;
  private final Thread accepts;

  /**
   * Begins to listen.
   *
   * @param port 0 for any free port
   * @param servers where the servers are now; asked several times a second
   * @throws IOException if the port cannot be had
   */
  public Balancer(InetAddress host, int port, Supplier<List<InetSocketAddress>> servers)
      throws IOException {
    this.addresses = servers;
    this.listening = new ServerSocket(port, BACKLOG, host);
    this.checks = Thread.ofVirtual().name("balancer-checks").start(this::check);
    this.accepts = Thread.ofPlatform().name("balancer").daemon().start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Starts and ends the checks of servers as they come and go. */
  private void check() {
    try {
      while (true) {
        List<InetSocketAddress> now = addresses.get();
        now.forEach(each -> backends.computeIfAbsent(each, Backend::start));
        for (Backend each : List.copyOf(backends.values())) {
          if (!now.contains(each.address())) {
            backends.remove(each.address());
            each.close();
          } else if (each.isSilent()) {
            // Its clients would otherwise wait for it.
            tunnels.stream().filter(tunnel -> tunnel.backend() == each).forEach(Tunnel::close);
          }
        }
        Thread.sleep(CHECKED_EACH);
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      backends.values().forEach(Backend::close);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      long end = System.nanoTime() + WAITS_FOR_A_SERVER.toNanos();
      while (System.nanoTime() < end && !listening.isClosed()) {
        Optional<Backend> chosen = choose();
        if (chosen.isPresent() && pass(client, chosen.get())) {
          return;
        }
        Thread.sleep(POLL_INTERVAL);
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone, or sees that its connection is closed.
    }
  }

  private Optional<Backend> choose() {
    return backends.values().stream()
        .filter(Backend::isReady)
        .min((a, b) -> Long.compare(connectionsOf(a), connectionsOf(b)));
  }

  private long connectionsOf(Backend backend) {
    return tunnels.stream().filter(tunnel -> tunnel.backend() == backend).count();
  }

  /** Returns when the connection has ended; false if the server does not accept it. */
  private boolean pass(Socket client, Backend backend) throws InterruptedException {
    Socket server = new Socket();
    try {
      server.connect(backend.address(), CONNECTS_WITHIN_MILLIS);
    } catch (IOException e) {
      backend.refused();
      return false;
    }
    Tunnel tunnel = new Tunnel(client, server, backend);
    tunnels.add(tunnel);
    try {
      tunnel.run();
    } finally {
      tunnels.remove(tunnel);
    }
    return true;
  }

  /** Closes all connections. */
  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      // Nobody can connect any more in any case.
    }
    checks.interrupt();
    tunnels.forEach(Tunnel::close);
    try {
      checks.join();
      accepts.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

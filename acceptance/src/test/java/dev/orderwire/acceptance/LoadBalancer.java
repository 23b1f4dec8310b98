package dev.orderwire.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load balancer for TCP. It checks each server's readiness every few milliseconds, and passes
 * each new connection to a ready server. Connections that are open stay where they are.
 */
final class LoadBalancer implements AutoCloseable {
  private static final int CHECKS_EACH_MILLIS = 50;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ServerSocket listening;
  private final List<Integer> servers;
  private final Map<Integer, Boolean> ready = new ConcurrentHashMap<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param servers their ports
   */
  LoadBalancer(List<Integer> servers) throws IOException {
    this.servers = servers;
    this.listening = new ServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
    for (int server : servers) {
      check(server);
      threads.add(Thread.ofPlatform().daemon().start(() -> checkAlways(server)));
    }
    threads.add(Thread.ofPlatform().daemon().start(this::accept));
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Which servers refused a connection although they had said that they were ready. */
  List<String> refusals() {
    return refusals;
  }

  private void checkAlways(int server) {
    try {
      while (true) {
        check(server);
        Thread.sleep(CHECKS_EACH_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void check(int server) {
    URI uri = URI.create("http://127.0.0.1:%d/health/ready".formatted(server));
    try {
      int status =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode();
      ready.put(server, status == 200);
    } catch (IOException e) {
      ready.put(server, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(Socket client) {
    for (int i = 0; i < servers.size(); i++) {
      int server = servers.get(Math.floorMod(next.getAndIncrement(), servers.size()));
      if (!ready.getOrDefault(server, false)) {
        continue;
      }
      Socket there = new Socket();
      try {
        there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
        Thread.ofVirtual().start(() -> copy(client, there));
        copy(there, client);
        return;
      } catch (IOException e) {
        refusals.add(server + ": " + e);
      }
    }
    close(client);
  }

  /** Until one side ends: then the other side has everything that was sent. */
  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them is gone, and now both are.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    threads.forEach(Thread::interrupt);
    listening.close();
    http.shutdownNow();
  }
}

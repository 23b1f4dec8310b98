package dev.orderwire.demo.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * One connection through a balancer. What one end has sent before it closed reaches the other end.
 */
final class Tunnel implements AutoCloseable {
  /** How long an end may go on after the other one has closed. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Socket client;
  private final Socket server;
  private final Backend backend;

  Tunnel(Socket client, Socket server, Backend backend) {
    this.client = client;
    this.server = server;
    this.backend = backend;
  }

  Backend backend() {
    return backend;
  }

  /** Passes on bytes until both ends have closed, or one of them some seconds ago. */
  void run() throws InterruptedException {
    try (this) {
      CountDownLatch firstEnd = new CountDownLatch(1);
      Thread requests = Thread.ofVirtual().start(() -> copy(client, server, firstEnd));
      Thread answers = Thread.ofVirtual().start(() -> copy(server, client, firstEnd));
      firstEnd.await();
      boolean _ = requests.join(LAST_WORDS) && answers.join(LAST_WORDS);
    }
  }

  private void copy(Socket from, Socket to, CountDownLatch ended) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One end is gone, so the other one must know.
      close();
    } finally {
      ended.countDown();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.orderwire.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves the archive of a JDK on loopback, in the ways that networks and mirrors do. */
final class JdkServer implements AutoCloseable {
  /** The requests that a download at {@code /together} waits for. */
  private final CountDownLatch together = new CountDownLatch(2);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final JdkArchive archive;
  private final HttpServer server;

  JdkServer(JdkArchive archive) {
    this.archive = archive;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The paths of the requests, as they were encoded. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      asked.add(path);
      switch (path.split("/", -1)[1]) {
        // As GitHub answers for the files of a release.
        case "adoptium" -> {
          exchange.getResponseHeaders().add("location", address() + "/storage/1");
          exchange.sendResponseHeaders(302, -1);
        }
        case "storage", "mirror" -> send(exchange, size());
        case "together" -> {
          together.countDown();
          together.await();
          send(exchange, size());
        }
        case "cut" -> send(exchange, size() / 2);
        case "stalled" -> {
          send(exchange, size() / 2);
          closed.await();
        }
        case "changed" -> {
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write("<title>Log in to the guest network</title>".getBytes(StandardCharsets.UTF_8));
        }
        default -> exchange.sendResponseHeaders(404, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long size() throws IOException {
    return Files.size(archive.file());
  }

  /** Announces the whole archive, and sends its first bytes. */
  private void send(HttpExchange exchange, long bytes) throws IOException {
    exchange.sendResponseHeaders(200, size());
    OutputStream body = exchange.getResponseBody();
    try (InputStream file = Files.newInputStream(archive.file())) {
      byte[] buffer = new byte[65_536];
      for (long left = bytes; left > 0; ) {
        int read = file.read(buffer, 0, (int) Math.min(left, buffer.length));
        body.write(buffer, 0, read);
        left -= read;
      }
    }
    body.flush();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

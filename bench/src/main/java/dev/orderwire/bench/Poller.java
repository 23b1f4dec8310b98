package dev.orderwire.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A screen that asks for the whole list every second, on one connection. */
final class Poller implements Screen {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final URI server;
  private final int orders;
  private final boolean gzip;
  private final CountedSocket socket;
  private final AtomicLong sparedByGzip = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
  private volatile boolean compressed;

  private Poller(URI server, int orders, boolean gzip) throws IOException {
    this.server = server;
    this.orders = orders;
    this.gzip = gzip;
    this.socket = new CountedSocket(server);
  }

  /** Connects, and returns when the list is there. */
  static Poller open(URI server, int orders, boolean gzip) throws IOException {
    Poller poller = new Poller(server, orders, gzip);
    poller.poll();
    poller.thread.start();
    return poller;
  }

  private void run() {
    try {
      long next = System.nanoTime();
      while (true) {
        next += PAUSE.toNanos();
        Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        poll();
      }
    } catch (InterruptedException e) {
      // Enough was asked.
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  private void poll() throws IOException {
    RawHttp.Answer answer =
        RawHttp.get(
            socket,
            server,
            "/api/tables/orders/rows?limit=" + orders,
            gzip ? "Accept-Encoding: gzip\n" : "");
    byte[] body = RawHttp.body(socket, answer);
    compressed = answer.header("content-encoding").equalsIgnoreCase("gzip");
    byte[] json = compressed ? gunzip(body) : body;
    int rows = JsonMapper.shared().readTree(json).path("rows").size();
    if (answer.status() != 200 || rows != orders) {
      throw new IOException(
          "expected 200 with %d orders, got %s with %d".formatted(orders, answer, rows));
    }
    if (gzip && !compressed) {
      sparedByGzip.addAndGet(body.length - gzip(body));
    }
  }

  private static byte[] gunzip(byte[] body) throws IOException {
    try (InputStream stream = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return stream.readAllBytes();
    }
  }

  private static int gzip(byte[] body) throws IOException {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(gzipped)) {
      stream.write(body);
    }
    return gzipped.size();
  }

  /** As if the server had compressed, where it was to and did not. */
  @Override
  public long bytes() {
    return socket.bytes() - sparedByGzip.get();
  }

  @Override
  public boolean compressed() {
    return compressed;
  }

  @Override
  public void awaitChanges(int changes) {
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("polling failed", failed);
    }
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    socket.close();
  }
}

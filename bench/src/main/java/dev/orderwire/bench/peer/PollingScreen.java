package dev.orderwire.bench.peer;

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

/** A screen that requests the whole list every second, on one connection. */
public final class PollingScreen implements Screen {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final URI server;
  private final int orders;
  private final boolean gzip;
  private final CountingSocket socket;
  private final AtomicLong bytesSavedByGzip = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
  private volatile boolean compressed;

  private PollingScreen(URI server, int orders, boolean gzip) throws IOException {
    this.server = server;
    this.orders = orders;
    this.gzip = gzip;
    this.socket = new CountingSocket(server);
  }

  /** Connects, and returns when the list has arrived. */
  public static PollingScreen open(URI server, int orders, boolean gzip) throws IOException {
    PollingScreen screen = new PollingScreen(server, orders, gzip);
    screen.poll();
    screen.thread.start();
    return screen;
  }

  private void run() {
    try {
      long next = System.nanoTime();
      while (true) {
        next += INTERVAL.toNanos();
        Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        poll();
      }
    } catch (InterruptedException e) {
      // close() interrupts the thread.
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  private void poll() throws IOException {
    RawHttp.Response response =
        RawHttp.get(
            socket,
            server,
            "/api/tables/orders/rows?limit=" + orders,
            gzip ? "Accept-Encoding: gzip\n" : "");
    byte[] body = RawHttp.body(socket, response);
    compressed = response.header("content-encoding").equalsIgnoreCase("gzip");
    byte[] json = compressed ? gunzip(body) : body;
    int rows = JsonMapper.shared().readTree(json).path("rows").size();
    if (response.status() != 200 || rows != orders) {
      throw new IOException(
          "expected 200 with %d orders, got %s with %d".formatted(orders, response, rows));
    }
    if (gzip && !compressed) {
      bytesSavedByGzip.addAndGet(body.length - gzippedSize(body));
    }
  }

  private static byte[] gunzip(byte[] body) throws IOException {
    try (InputStream stream = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return stream.readAllBytes();
    }
  }

  private static int gzippedSize(byte[] body) throws IOException {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(gzipped)) {
      stream.write(body);
    }
    return gzipped.size();
  }

  /** If the server was offered gzip and did not use it, counts as if it had. */
  @Override
  public long bytes() {
    return socket.bytes() - bytesSavedByGzip.get();
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

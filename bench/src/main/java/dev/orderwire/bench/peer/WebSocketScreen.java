package dev.orderwire.bench.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A screen on a WebSocket (RFC 6455): it receives a snapshot and the changes that follow it. It can
 * offer permessage-deflate (RFC 7692), as browsers do.
 */
public final class WebSocketScreen implements Screen {
  private static final int FIN = 0x80;
  private static final int DEFLATED = 0x40;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int CLOSE = 8;
  private static final String UPGRADE =
      """
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: b3JkZXJ3aXJlLWJlbmNoIQ==
      """;
  private static final String OFFER =
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\n";

  /** The end of each deflated message, which the sender leaves out (RFC 7692, 7.2.1). */
  private static final byte[] DEFLATE_TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final CountingSocket socket;
  private final String extensions;
  private final CompletableFuture<Void> snapshot = new CompletableFuture<>();
  private final Semaphore changes = new Semaphore(0);
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Inflater inflater = new Inflater(true);

  private WebSocketScreen(CountingSocket socket, String extensions) {
    this.socket = socket;
    this.extensions = extensions;
  }

  /** Connects, and returns when the snapshot is complete. */
  public static WebSocketScreen open(URI server, boolean deflate) throws Exception {
    CountingSocket socket = new CountingSocket(server);
    RawHttp.Response response =
        RawHttp.get(socket, server, "/ws?snapshot=true", UPGRADE + (deflate ? OFFER : ""));
    if (response.status() != 101) {
      throw new IOException("the server did not upgrade to WebSocket: " + response);
    }
    WebSocketScreen screen =
        new WebSocketScreen(socket, response.header("sec-websocket-extensions"));
    Thread.ofPlatform().daemon().start(screen::read);
    screen.snapshot.get(30, TimeUnit.SECONDS);
    return screen;
  }

  private void read() {
    try {
      while (true) {
        readMessage();
      }
    } catch (IOException | DataFormatException | RuntimeException e) {
      failure.set(e);
      snapshot.completeExceptionally(e);
    } finally {
      inflater.end();
    }
  }

  /** Reads one message of any number of frames. Control frames may stand between them. */
  private void readMessage() throws IOException, DataFormatException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    boolean deflated = false;
    for (boolean last = false; !last; ) {
      int first = socket.read();
      byte[] part = socket.read(readLength());
      switch (first & 0x0f) {
        case PING -> pong(part);
        case PONG -> {}
        case CLOSE -> throw new IOException("the server closed the WebSocket");
        default -> {
          deflated |= (first & DEFLATED) != 0;
          payload.write(part);
          last = (first & FIN) != 0;
        }
      }
    }
    handle(deflated ? inflate(payload.toByteArray()) : payload.toByteArray());
  }

  private int readLength() throws IOException {
    int length = socket.read() & 0x7f;
    int bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (bytes > 0) {
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | socket.read();
      }
    }
    return length;
  }

  /** Masks with zeros, which leaves the payload as it is. */
  private void pong(byte[] payload) throws IOException {
    byte[] frame = new byte[6 + payload.length];
    frame[0] = (byte) (FIN | PONG);
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    socket.send(frame);
  }

  private byte[] inflate(byte[] payload) throws DataFormatException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (byte[] input : new byte[][] {payload, DEFLATE_TAIL}) {
      inflater.setInput(input);
      for (int more = inflater.inflate(buffer); more > 0; more = inflater.inflate(buffer)) {
        text.write(buffer, 0, more);
      }
    }
    if (extensions.contains("server_no_context_takeover")) {
      inflater.reset();
    }
    return text.toByteArray();
  }

  private void handle(byte[] message) {
    JsonNode read = JsonMapper.shared().readTree(new String(message, StandardCharsets.UTF_8));
    switch (read.path("type").asString()) {
      case "snapshot" -> {
        if (read.path("done").asBoolean()) {
          snapshot.complete(null);
        }
      }
      case "changes" -> changes.release(read.path("changes").size());
      default -> {}
    }
  }

  @Override
  public long bytes() {
    return socket.bytes();
  }

  @Override
  public boolean compressed() {
    return extensions.contains("permessage-deflate");
  }

  @Override
  public void awaitChanges(int expected) throws InterruptedException {
    boolean complete = changes.tryAcquire(expected, 30, TimeUnit.SECONDS);
    int received = changes.availablePermits() + (complete ? expected : 0);
    if (received != expected) {
      throw new IllegalStateException(
          "expected %d changes, received %d".formatted(expected, received), failure.get());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

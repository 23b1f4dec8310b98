package dev.orderwire.bench;

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
 * A screen that shows all orders: a WebSocket with a snapshot and the changes after it (RFC 6455),
 * on a socket that counts. It offers permessage-deflate (RFC 7692) where it is told to, as browsers
 * do.
 */
final class Dashboard implements Screen {
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
  private static final byte[] END_OF_DEFLATED = {0, 0, (byte) 0xff, (byte) 0xff};

  private final CountedSocket socket;
  private final String extensions;
  private final CompletableFuture<Void> snapshot = new CompletableFuture<>();
  private final Semaphore changes = new Semaphore(0);
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Inflater inflater = new Inflater(true);

  private Dashboard(CountedSocket socket, String extensions) {
    this.socket = socket;
    this.extensions = extensions;
  }

  /** Connects, and returns when the snapshot is there. */
  static Dashboard open(URI server, boolean deflate) throws Exception {
    CountedSocket socket = new CountedSocket(server);
    RawHttp.Answer answer =
        RawHttp.get(socket, server, "/ws?snapshot=true", UPGRADE + (deflate ? OFFER : ""));
    if (answer.status() != 101) {
      throw new IOException("the server did not upgrade to WebSocket: " + answer);
    }
    Dashboard dashboard = new Dashboard(socket, answer.header("sec-websocket-extensions"));
    Thread.ofPlatform().daemon().start(dashboard::read);
    dashboard.snapshot.get(30, TimeUnit.SECONDS);
    return dashboard;
  }

  private void read() {
    try {
      while (true) {
        message();
      }
    } catch (IOException | DataFormatException | RuntimeException e) {
      failure.set(e);
      snapshot.completeExceptionally(e);
    } finally {
      inflater.end();
    }
  }

  /** Reads one, in however many frames; control frames may stand between them. */
  private void message() throws IOException, DataFormatException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    boolean deflated = false;
    for (boolean last = false; !last; ) {
      int first = socket.read();
      byte[] part = socket.read(length());
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
    take(deflated ? inflate(payload.toByteArray()) : payload.toByteArray());
  }

  private int length() throws IOException {
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

  /** A mask of zeros leaves the payload as it is. */
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
    for (byte[] input : new byte[][] {payload, END_OF_DEFLATED}) {
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

  private void take(byte[] message) {
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
    if (!changes.tryAcquire(expected, 30, TimeUnit.SECONDS) || changes.availablePermits() > 0) {
      throw new IllegalStateException(
          "expected %d changes; missing, or came twice, beside %d"
              .formatted(expected, changes.availablePermits()),
          failure.get());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package dev.orderwire.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A client that takes a snapshot to its end, keeps nothing of it, and counts. */
final class SnapshotTaker implements WebSocket.Listener {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MINUTES = 30;

  private final long began = System.nanoTime();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private long rows;
  private long bytes;
  private long firstNanos;

  private SnapshotTaker() {}

  /** Connects to an address that asks for a snapshot, and returns at its end. */
  static SnapshotTaker take(HttpClient http, URI websocket) throws Exception {
    SnapshotTaker taker = new SnapshotTaker();
    WebSocket socket = http.newWebSocketBuilder().buildAsync(websocket, taker).join();
    taker.done.get(MINUTES, TimeUnit.MINUTES);
    socket.abort();
    return taker;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  /** From the beginning to the first rows. */
  long firstNanos() {
    return firstNanos;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      bytes += message.length();
      count(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  private void count(String text) {
    if (!text.startsWith("{\"type\":\"snapshot\"")) {
      return;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT && ++depth == 2) {
          rows++;
        } else if (token == JsonToken.END_OBJECT) {
          depth--;
        } else if (depth == 1 && token == JsonToken.VALUE_TRUE) {
          done.complete(null);
        }
      }
    }
    if (rows > 0 && firstNanos == 0) {
      firstNanos = System.nanoTime() - began;
    }
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    done.completeExceptionally(new IllegalStateException("closed: " + code + " " + reason));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    done.completeExceptionally(error);
  }
}

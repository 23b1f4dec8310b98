package dev.orderwire.bench.peer;

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

/** A client that reads a snapshot to its end, counts its rows, and keeps none of them. */
public final class SnapshotClient implements WebSocket.Listener {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_MINUTES = 30;

  private final long began = System.nanoTime();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private long rows;
  private long characters;
  private long firstNanos;

  private SnapshotClient() {}

  /** Connects to an address that asks for a snapshot, and returns at the snapshot's end. */
  public static SnapshotClient read(HttpClient http, URI websocket) throws Exception {
    SnapshotClient client = new SnapshotClient();
    WebSocket socket = http.newWebSocketBuilder().buildAsync(websocket, client).join();
    client.done.get(MAX_MINUTES, TimeUnit.MINUTES);
    socket.abort();
    return client;
  }

  public long rows() {
    return rows;
  }

  /** The length of all messages; as many bytes where the rows are ASCII. */
  public long characters() {
    return characters;
  }

  /** From the beginning to the first rows. */
  public long firstNanos() {
    return firstNanos;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      characters += message.length();
      count(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  /** Rows are the objects at depth 2. At depth 1, only {@code done} can be true. */
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
    done.completeExceptionally(
        new IllegalStateException("the server closed the connection: " + code + " " + reason));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    done.completeExceptionally(error);
  }
}

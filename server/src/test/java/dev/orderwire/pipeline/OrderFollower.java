package dev.orderwire.pipeline;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plain client that records each change, and fails if one comes twice or before an older change
 * of its row.
 */
final class OrderFollower implements WebSocket.Listener, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final CountDownLatch subscribed = new CountDownLatch(1);
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private final BitSet ids = new BitSet();
  private final Map<Long, Long> newestOfRow = new HashMap<>();
  private final Map<Long, String> rows = new HashMap<>();
  private final WebSocket socket;

  OrderFollower(HttpClient http, URI uri) throws InterruptedException {
    socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
    if (!subscribed.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("not subscribed");
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      JsonNode message = JSON.readTree(text.toString());
      text.setLength(0);
      switch (message.path("type").asString()) {
        case "subscribed" -> subscribed.countDown();
        case "changes" -> message.path("changes").forEach(this::take);
        case "error" -> failure.complete(message.toString());
        default -> {}
      }
    }
    from.request(1);
    return null;
  }

  private synchronized void take(JsonNode change) {
    int id = change.path("id").asInt();
    long row = change.path("key").path("id").asLong();
    Long newest = newestOfRow.put(row, (long) id);
    if (ids.get(id)) {
      failure.complete("came twice: " + change);
    } else if (newest != null && newest > id) {
      failure.complete("came after change " + newest + " of its row: " + change);
    }
    ids.set(id);
    if (change.path("row").isNull()) {
      rows.remove(row);
    } else {
      rows.put(row, change.path("row").path("status").asString());
    }
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    failure.complete("closed by the server: " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    failure.complete(error.toString());
  }

  /** What went wrong so far; null if nothing did. */
  @Nullable String failure() {
    return failure.getNow(null);
  }

  synchronized int count() {
    return ids.cardinality();
  }

  /** The ids of all changes that came. */
  synchronized BitSet ids() {
    return (BitSet) ids.clone();
  }

  /** The status of each order after the changes that came. */
  synchronized Map<Long, String> rows() {
    return Map.copyOf(rows);
  }

  @Override
  public void close() {
    socket.abort();
  }
}

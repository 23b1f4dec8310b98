package dev.orderwire.bench.rig;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket client that reports each change with the time of its arrival. */
public final class Watcher implements WebSocket.Listener, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ObjLongConsumer<JsonNode> onChange;
  private final CountDownLatch subscribed = new CountDownLatch(1);
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private final WebSocket socket;

  /**
   * Connects and returns when subscribed.
   *
   * @param onChange receives each change with the {@link System#nanoTime} of its arrival, on the
   *     client's thread
   */
  public Watcher(HttpClient http, URI websocket, ObjLongConsumer<JsonNode> onChange)
      throws InterruptedException {
    this.onChange = onChange;
    this.socket = http.newWebSocketBuilder().buildAsync(websocket, this).join();
    if (!subscribed.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("not subscribed within 30 seconds");
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    long arrived = System.nanoTime();
    message.append(data);
    if (last) {
      JsonNode read = JSON.readTree(message.toString());
      message.setLength(0);
      switch (read.path("type").asString()) {
        case "subscribed" -> subscribed.countDown();
        case "changes" -> read.path("changes").forEach(change -> onChange.accept(change, arrived));
        default -> {}
      }
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    ended.complete(code + " " + reason);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    ended.complete(error.toString());
  }

  /** Fails if the connection has ended, because later measurements would be wrong. */
  public void requireOpen() {
    if (ended.isDone()) {
      throw new IllegalStateException("the connection of a client has ended: " + ended.join());
    }
  }

  @Override
  public void close() {
    socket.abort();
  }
}

package dev.orderwire.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A WebSocket client that keeps the messages it receives. For one thread. It never takes half a
 * message for a message, but where a connection is lost inside one, the JDK's client may not report
 * the loss.
 */
public final class WsClient implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private final Queue<JsonNode> changes = new ArrayDeque<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;

  private WsClient(HttpClient http, URI uri, @Nullable String subprotocol) {
    WebSocket.Builder builder = http.newWebSocketBuilder();
    if (subprotocol != null) {
      builder.subprotocols(subprotocol);
    }
    this.socket = builder.buildAsync(uri, new Listener()).join();
  }

  /** Connects a plain client, which subscribes by its URL. */
  public static WsClient connect(URI uri) {
    return new WsClient(HTTP, uri, null);
  }

  /** Connects a plain client with the TLS of {@code http}. */
  public static WsClient connect(HttpClient http, URI uri) {
    return new WsClient(http, uri, null);
  }

  /** Connects with a subprotocol: a client of {@code orderwire.v1} subscribes by messages. */
  public static WsClient connect(URI uri, String subprotocol) {
    return new WsClient(HTTP, uri, subprotocol);
  }

  /** Requests a WebSocket that the server must refuse, and returns the HTTP status. */
  public static int statusOfRefusal(URI uri) {
    try (WsClient _ = connect(uri)) {
      throw new AssertionError("the server accepted a WebSocket at " + uri);
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        messages.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }
  }

  /** The subprotocol that the server chose; empty for none. */
  public String subprotocol() {
    return socket.getSubprotocol();
  }

  /** The next message. */
  public JsonNode next() {
    return await("a message", _ -> true);
  }

  /** The next change. One message may bring several; other messages are skipped. */
  public JsonNode nextChange() {
    while (changes.isEmpty()) {
      await("changes").get("changes").forEach(changes::add);
    }
    return changes.remove();
  }

  /** Waits for the next message of this type; skips others. */
  public JsonNode await(String type) {
    return await(
        "a message of type " + type, message -> message.get("type").asString().equals(type));
  }

  /** Waits for the next message that matches; skips others. */
  public JsonNode await(String what, Predicate<JsonNode> wanted) {
    while (true) {
      JsonNode next = Await.next(() -> what + ", with the close code " + closed, messages);
      if (wanted.test(next)) {
        return next;
      }
    }
  }

  /** The messages that were received and not taken yet. */
  public List<JsonNode> arrived() {
    List<JsonNode> arrived = new ArrayList<>();
    messages.drainTo(arrived);
    return arrived;
  }

  public void send(String text) {
    socket.sendText(text, true).join();
  }

  /** Sends a message in fragments. */
  public void send(List<String> fragments) {
    for (int i = 0; i < fragments.size(); i++) {
      socket.sendText(fragments.get(i), i == fragments.size() - 1).join();
    }
  }

  public void sendBinary(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
  }

  /** Whether the server has sent a close frame, or the connection is lost. */
  public boolean isClosed() {
    return closed.isDone();
  }

  /** Waits for the close frame of the server, and returns its code. */
  public int closeCode() {
    return closed.orTimeout(Await.LONGEST.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Closes the socket without a close frame. */
  public void abort() {
    socket.abort();
  }

  /** Sends a close frame, unless one was sent before, and closes the socket. */
  @Override
  public void close() {
    if (!socket.isOutputClosed()) {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(_ -> null).join();
    }
    socket.abort();
  }
}

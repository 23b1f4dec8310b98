package dev.orderwire.judge.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a client connects and subscribes. */
enum Transport {
  /** A WebSocket that subscribes to several views by messages. */
  EXPLICIT,
  /** A WebSocket that subscribes by its URL. */
  PLAIN,
  /** Server-sent events, resumed by {@code Last-Event-ID}. */
  EVENTS,
  /** Server-sent events, resumed by {@code since} in the URL. */
  EVENTS_SINCE;

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /**
   * Connects.
   *
   * @param view the view to subscribe to, where the URL does that
   * @param credential says who the client is
   */
  ClientConnection connect(int port, ClientView view, Credential credential, ReadPattern pattern)
      throws IOException {
    String since = view.since();
    int buffer = pattern.receiveBuffer();
    return switch (this) {
      case EXPLICIT ->
          WebSocketConnection.connect(port, "/ws", true, credential, LONGEST_SILENCE, buffer);
      case PLAIN ->
          WebSocketConnection.connect(
              port, "/ws?" + query(view, since), false, credential, LONGEST_SILENCE, buffer);
      case EVENTS ->
          SseConnection.connect(
              port, "/events?" + query(view, null), since, credential, LONGEST_SILENCE, buffer);
      case EVENTS_SINCE ->
          SseConnection.connect(
              port, "/events?" + query(view, since), null, credential, LONGEST_SILENCE, buffer);
    };
  }

  /** Whether a client can send messages. */
  boolean hasMessages() {
    return this == EXPLICIT || this == PLAIN;
  }

  private static String query(ClientView view, @Nullable String since) {
    return view.spec().query(since, view.awaitsSnapshot());
  }

  @Override
  public String toString() {
    return switch (this) {
      case EXPLICIT, PLAIN -> name().toLowerCase(Locale.ROOT) + " WebSocket";
      case EVENTS, EVENTS_SINCE -> "server-sent events";
    };
  }
}

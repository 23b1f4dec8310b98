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
   */
  ClientConnection connect(int port, ClientView view, ReadPattern pattern) throws IOException {
    String since = view.since();
    int buffer = pattern.receiveBuffer();
    return switch (this) {
      case EXPLICIT -> WebSocketConnection.connect(port, "/ws", true, LONGEST_SILENCE, buffer);
      case PLAIN ->
          WebSocketConnection.connect(
              port, "/ws?" + query(view, since), false, LONGEST_SILENCE, buffer);
      case EVENTS ->
          SseConnection.connect(
              port, "/events?" + query(view, null), since, LONGEST_SILENCE, buffer);
      case EVENTS_SINCE ->
          SseConnection.connect(
              port, "/events?" + query(view, since), null, LONGEST_SILENCE, buffer);
    };
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

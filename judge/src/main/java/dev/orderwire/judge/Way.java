package dev.orderwire.judge;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a client talks to a server. */
enum Way {
  /** A WebSocket that subscribes by messages, to several views. */
  EXPLICIT,
  /** A WebSocket that is subscribed by its address. */
  PLAIN,
  /** Server-sent events that are resumed by {@code Last-Event-ID}. */
  EVENTS,
  /** Server-sent events that are resumed by their address. */
  EVENTS_SINCE;

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /**
   * Connects.
   *
   * @param view what to subscribe to, where that is done by the address
   */
  Wire connect(int port, Followed view, Reading reading) throws IOException {
    String since = view.since();
    return switch (this) {
      case EXPLICIT -> WebSocketWire.connect(port, "/ws", true, LONGEST_SILENCE, reading.buffer());
      case PLAIN ->
          WebSocketWire.connect(
              port, "/ws?" + query(view, since), false, LONGEST_SILENCE, reading.buffer());
      case EVENTS ->
          EventsWire.connect(
              port, "/events?" + query(view, null), since, LONGEST_SILENCE, reading.buffer());
      case EVENTS_SINCE ->
          EventsWire.connect(
              port, "/events?" + query(view, since), null, LONGEST_SILENCE, reading.buffer());
    };
  }

  private static String query(Followed view, @Nullable String since) {
    return view.wish().query(since, view.awaitsSnapshot());
  }

  @Override
  public String toString() {
    return switch (this) {
      case EXPLICIT, PLAIN -> name().toLowerCase(Locale.ROOT) + " WebSocket";
      case EVENTS, EVENTS_SINCE -> "events";
    };
  }
}

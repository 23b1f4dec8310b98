package dev.orderwire.cli.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection, read by blocking. A message more is asked for whenever one has been
 * taken, so a slow reader slows the server's sending and nothing piles up here.
 */
final class WireSocket implements AutoCloseable {
  /** What was heard. */
  sealed interface Event {
    record Message(String text) implements Event {}

    /** The server closed the connection. */
    record Closed(int code, String reason) implements Event {}

    /** The connection broke. */
    record Lost(String cause) implements Event {}
  }

  /**
   * How many messages may wait here. Not one: where the JDK's client notices the end of a
   * connection while nothing is asked for, it forgets to say so ({@link #http} does its part
   * against that).
   */
  private static final int AHEAD = 16;

  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(10);

  private final WebSocket socket;
  private final Inbox inbox;

  private WireSocket(WebSocket socket, Inbox inbox) {
    this.socket = socket;
    this.inbox = inbox;
  }

  /**
   * The JDK's client, set up for this class: it calls back on the thread that reads the network, so
   * that it has asked for more before it can read on. (The callbacks here never block.)
   */
  static HttpClient http() {
    return HttpClient.newBuilder().executor(Runnable::run).build();
  }

  /**
   * Connects, asking for the subprotocol that subscribes to nothing by itself.
   *
   * @param http of {@link #http}
   * @throws IOException where there is no server, or it refuses
   */
  static WireSocket connect(HttpClient http, URI uri) throws IOException, InterruptedException {
    Inbox inbox = new Inbox();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(CONNECTS_WITHIN)
              .subprotocols("orderwire.v1")
              .buildAsync(uri, inbox)
              .get();
      return new WireSocket(socket, inbox);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  void send(String text) throws InterruptedException {
    try {
      socket.sendText(text, true).get();
    } catch (ExecutionException e) {
      inbox.events.add(new Event.Lost(String.valueOf(e.getCause())));
    }
  }

  /**
   * Waits for the next event.
   *
   * @param silence after how long without any sign of life the connection counts as lost
   */
  Event next(Duration silence) throws InterruptedException {
    Event event = inbox.events.poll();
    while (event == null) {
      long left = inbox.heardAt + silence.toNanos() - System.nanoTime();
      if (left <= 0) {
        return new Event.Lost("nothing heard for %d s".formatted(silence.toSeconds()));
      }
      event = inbox.events.poll(left, TimeUnit.NANOSECONDS);
    }
    if (event instanceof Event.Message) {
      socket.request(1);
    }
    return event;
  }

  /** Ends the connection at once: what the server still had to say can be had again. */
  @Override
  public void close() {
    socket.abort();
  }

  private static final class Inbox implements WebSocket.Listener {
    final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final StringBuilder unfinished = new StringBuilder();
    volatile long heardAt = System.nanoTime();

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(AHEAD);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      heardAt = System.nanoTime();
      unfinished.append(part);
      if (last) {
        events.add(new Event.Message(unfinished.toString()));
        unfinished.setLength(0);
      } else {
        socket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, java.nio.ByteBuffer message) {
      heardAt = System.nanoTime();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add(new Event.Closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      events.add(new Event.Lost(String.valueOf(error)));
    }
  }
}

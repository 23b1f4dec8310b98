package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.tls.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection with blocking reads. It requests one more message for each one taken, so
 * a slow reader slows down the server, and the queue here stays short.
 */
final class WireSocket implements AutoCloseable {
  /** An event of the connection. */
  sealed interface Event {
    record Message(String text) implements Event {}

    /** The server closed the connection. */
    record Closed(int code, String reason) implements Event {}

    /** The connection broke. */
    record Lost(String cause) implements Event {}
  }

  /**
   * The maximum number of messages in the queue. It is more than one because the JDK's client does
   * not report the end of a connection if no message is requested at that moment; {@link #http}
   * helps against that too.
   */
  private static final int QUEUE_LENGTH = 16;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final WebSocket socket;
  private final Inbox inbox;

  private WireSocket(WebSocket socket, Inbox inbox) {
    this.socket = socket;
    this.inbox = inbox;
  }

  /**
   * The JDK's client, configured for this class: callbacks run on the thread that reads the
   * network, so they request the next message before that thread reads on. They never block.
   *
   * @param authorities a PEM file with authorities to trust besides those of Java; null for none
   * @throws OrderwireException {@code bad_settings} if the file cannot be used
   */
  static HttpClient http(@Nullable Path authorities) {
    HttpClient.Builder builder = HttpClient.newBuilder().executor(Runnable::run);
    if (authorities != null) {
      try {
        builder.sslContext(Trust.besideJavas(authorities));
      } catch (IOException e) {
        throw new OrderwireException(ErrorCode.BAD_SETTINGS, "--ca: " + e.getMessage(), e);
      }
    }
    return builder.build();
  }

  /**
   * Connects with the subprotocol that does not subscribe to anything automatically.
   *
   * @param http from {@link #http}
   * @throws IOException if there is no server, or if it refuses the connection
   */
  static WireSocket connect(HttpClient http, URI uri) throws IOException, InterruptedException {
    Inbox inbox = new Inbox();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(CONNECT_TIMEOUT)
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
   * @param maxSilence the time without any message or ping after which the connection counts as
   *     lost
   */
  Event next(Duration maxSilence) throws InterruptedException {
    Event event = inbox.events.poll();
    while (event == null) {
      long left = inbox.receivedAt + maxSilence.toNanos() - System.nanoTime();
      if (left <= 0) {
        return new Event.Lost("nothing received for %d s".formatted(maxSilence.toSeconds()));
      }
      event = inbox.events.poll(left, TimeUnit.NANOSECONDS);
    }
    if (event instanceof Event.Message) {
      socket.request(1);
    }
    return event;
  }

  /** Drops the connection at once. A new connection resumes without loss. */
  @Override
  public void close() {
    socket.abort();
  }

  private static final class Inbox implements WebSocket.Listener {
    final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final StringBuilder unfinished = new StringBuilder();
    volatile long receivedAt = System.nanoTime();

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(QUEUE_LENGTH);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      receivedAt = System.nanoTime();
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
      receivedAt = System.nanoTime();
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

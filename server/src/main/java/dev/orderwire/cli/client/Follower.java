package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.lifecycle.Backoff;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Follows one view until its thread is interrupted. When the connection is lost, it reconnects and
 * continues from the last position, so no change is missing and none comes twice.
 */
public final class Follower implements AutoCloseable {
  /**
   * Close codes of other WebSocket servers and of later versions after which a retry is useless.
   */
  private static final Set<Integer> FINAL_ELSEWHERE = Set.of(1003, 1009, 4403);

  static final Duration OVER_LIMIT_PAUSE = Duration.ofSeconds(5);

  /**
   * The end of a connection after which a new one may succeed.
   *
   * @param pause the time to wait in addition to the backoff
   */
  record Disconnect(String reason, Duration pause) {}

  private final HttpClient http;
  private final URI uri;
  private final Consumer<String> notes;
  private final Backoff backoff;
  private final ViewState view;
  private boolean everConnected;

  /**
   * @param uri the server's WebSocket address
   * @param authorities a PEM file with authorities to trust besides those of Java; null for none
   * @param lines takes each change as one line of JSON
   * @param notes takes messages for people, such as the loss of the connection
   */
  public Follower(
      URI uri,
      @Nullable Path authorities,
      Subscription subscription,
      Backoff backoff,
      Consumer<String> lines,
      Consumer<String> notes) {
    this.uri = uri;
    this.http = WireSocket.http(authorities);
    this.backoff = backoff;
    this.notes = notes;
    this.view = new ViewState(subscription, lines);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** The position after everything handed out so far; null if there is none yet. */
  public @Nullable String position() {
    return view.position();
  }

  /**
   * Follows the view.
   *
   * @throws OrderwireException if reconnecting does not help: no server answers the first attempt,
   *     or the server refuses the request
   * @throws InterruptedException if this thread is interrupted, which is the way to stop it
   */
  public void run() throws InterruptedException {
    while (true) {
      Disconnect end = followOnce();
      Duration pause = backoff.nextWithJitter().plus(end.pause());
      notes.accept("%s; retrying in %.1f s".formatted(end.reason(), pause.toMillis() / 1000.0));
      Thread.sleep(pause);
    }
  }

  private Disconnect followOnce() throws InterruptedException {
    try (WireSocket socket = WireSocket.connect(http, uri)) {
      everConnected = true;
      socket.send(view.subscribe());
      while (true) {
        switch (socket.next(view.maxSilence())) {
          case WireSocket.Event.Message(String text) -> {
            Disconnect end = view.receive(text);
            if (end != null) {
              return end;
            }
            if (view.isSubscribed()) {
              backoff.reset();
            }
          }
          case WireSocket.Event.Closed(int code, String reason) -> {
            return closed(code, reason);
          }
          case WireSocket.Event.Lost(String cause) -> {
            return new Disconnect("connection lost (%s)".formatted(cause), Duration.ZERO);
          }
        }
      }
    } catch (WebSocketHandshakeException e) {
      return refused(e);
    } catch (SSLException e) {
      if (!everConnected) {
        throw Failures.noTls(uri, e);
      }
      return new Disconnect("no TLS (%s)".formatted(Failures.reason(e)), Duration.ZERO);
    } catch (IOException e) {
      if (!everConnected) {
        throw Failures.noServer(uri, e);
      }
      return new Disconnect("cannot connect (%s)".formatted(e), Duration.ZERO);
    }
  }

  private Disconnect closed(int code, String reason) {
    String message = "the server closed the connection: %d %s".formatted(code, reason);
    if (code == ErrorCode.NOT_AUTHENTICATED.closeCode()) {
      throw new OrderwireException(
          ErrorCode.NOT_AUTHENTICATED, message + "; pass a token with --token");
    }
    if (!CloseReason.of(code).map(CloseReason::reconnect).orElse(!FINAL_ELSEWHERE.contains(code))) {
      throw new OrderwireException(ErrorCode.CLOSED_BY_SERVER, message);
    }
    return new Disconnect(
        message, code == CloseReason.OVER_LIMIT.code() ? OVER_LIMIT_PAUSE : Duration.ZERO);
  }

  private Disconnect refused(WebSocketHandshakeException e) {
    int status = e.getResponse().statusCode();
    String message = "the server at %s answered %d".formatted(Failures.withoutQuery(uri), status);
    if (status == 429 || status >= 500) {
      return new Disconnect(message, status == 429 ? OVER_LIMIT_PAUSE : Duration.ZERO);
    }
    throw new OrderwireException(
        ErrorCode.REFUSED_BY_SERVER,
        message + " to the WebSocket handshake: is this Orderwire's address?",
        e);
  }
}

package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one view for as long as its thread is not interrupted. Whenever the connection is lost it
 * comes back and goes on from the last position, so that nothing is missing and nothing comes
 * twice.
 */
public final class Follower implements AutoCloseable {
  private static final Duration OVER_LIMIT_PAUSE = Duration.ofSeconds(5);

  /** How a connection ended, where another one may follow. */
  record Lost(String why, Duration pause) {}

  private final HttpClient http = WireSocket.http();
  private final URI uri;
  private final Consumer<String> notes;
  private final Backoff backoff;
  private final ViewState view;
  private boolean everConnected;

  /**
   * @param uri the server's WebSocket address
   * @param lines takes each change as one line of JSON
   * @param notes takes what a person may want to know: a connection lost and the like
   */
  public Follower(
      URI uri,
      Subscription subscription,
      Backoff backoff,
      Consumer<String> lines,
      Consumer<String> notes) {
    this.uri = uri;
    this.backoff = backoff;
    this.notes = notes;
    this.view = new ViewState(subscription, lines);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** What has been handed out so far: who goes on from here misses nothing. Null before that. */
  public @Nullable String position() {
    return view.position();
  }

  /**
   * Follows.
   *
   * @throws OrderwireException where coming back would not help: no server at the first attempt, or
   *     one that refuses what is asked
   * @throws InterruptedException when this thread was interrupted: the way to end it
   */
  public void run() throws InterruptedException {
    while (true) {
      Lost lost = followOnce();
      Duration pause = backoff.next().plus(lost.pause());
      notes.accept("%s; trying again in %.1f s".formatted(lost.why(), pause.toMillis() / 1000.0));
      Thread.sleep(pause);
    }
  }

  private Lost followOnce() throws InterruptedException {
    try (WireSocket socket = WireSocket.connect(http, uri)) {
      everConnected = true;
      socket.send(view.subscribe());
      while (true) {
        switch (socket.next(view.longestSilence())) {
          case WireSocket.Event.Message(String text) -> {
            Lost lost = view.take(text);
            if (lost != null) {
              return lost;
            }
            if (view.isSubscribed()) {
              backoff.reset();
            }
          }
          case WireSocket.Event.Closed(int code, String reason) -> {
            return closed(code, reason);
          }
          case WireSocket.Event.Lost(String cause) -> {
            return new Lost("connection lost (%s)".formatted(cause), Duration.ZERO);
          }
        }
      }
    } catch (WebSocketHandshakeException e) {
      return refused(e);
    } catch (IOException e) {
      if (!everConnected) {
        throw new OrderwireException(
            ErrorCode.NO_SERVER,
            ("no server answers at %s (%s): start one with ./orderwire demo or ./orderwire serve,"
                    + " or say with --url where it is")
                .formatted(withoutQuery(), e),
            e);
      }
      return new Lost("no connection (%s)".formatted(e), Duration.ZERO);
    }
  }

  private Lost closed(int code, String reason) {
    String why = "the server closed the connection: %d %s".formatted(code, reason);
    return switch (code) {
      case 4401 -> throw new OrderwireException(ErrorCode.UNAUTHENTICATED, why + "; give --token");
      case 1002, 1003, 1007, 1009, 4400, 4403, 4413 ->
          throw new OrderwireException(ErrorCode.CLOSED_BY_SERVER, why);
      case 4429 -> new Lost(why, OVER_LIMIT_PAUSE);
      default -> new Lost(why, Duration.ZERO);
    };
  }

  private Lost refused(WebSocketHandshakeException e) {
    int status = e.getResponse().statusCode();
    String why = "the server at %s answered %d".formatted(withoutQuery(), status);
    if (status == 429 || status >= 500) {
      return new Lost(why, status == 429 ? OVER_LIMIT_PAUSE : Duration.ZERO);
    }
    throw new OrderwireException(
        ErrorCode.REFUSED_BY_SERVER, why + " to a WebSocket: is this Orderwire's address?", e);
  }

  /** It may hold a token. */
  private String withoutQuery() {
    return uri.toString().replaceFirst("\\?.*", "");
  }
}

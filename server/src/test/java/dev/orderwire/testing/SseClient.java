package dev.orderwire.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of server-sent events, which reads them as a browser does. For one thread. */
public final class SseClient implements AutoCloseable {
  /**
   * An event.
   *
   * @param lastEventId the id that a browser would resume from after this event; null where no
   *     event had an id
   */
  public record Event(String type, @Nullable String lastEventId, JsonNode data) {}

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private final HttpResponse<InputStream> response;
  private volatile int retryMillis;

  private SseClient(HttpClient http, HttpRequest request) {
    try {
      this.response = http.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (response.statusCode() == 200) {
      Thread.ofVirtual().start(this::read);
    }
  }

  /**
   * Connects and starts to read.
   *
   * @param headers names and values in turn
   */
  public static SseClient connect(URI uri, String... headers) {
    return connect(HTTP, uri, headers);
  }

  /** As {@link #connect(URI, String...)}, with the TLS of {@code http}. */
  public static SseClient connect(HttpClient http, URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new SseClient(http, request.build());
  }

  private void read() {
    try (InputStream body = new BufferedInputStream(response.body())) {
      String id = null;
      while (!isAtEnd(body)) {
        String type = "message";
        StringBuilder data = new StringBuilder();
        for (String line = line(body); !line.isEmpty(); line = line(body)) {
          if (line.startsWith("event: ")) {
            type = line.substring("event: ".length());
          } else if (line.startsWith("id: ")) {
            id = line.substring("id: ".length());
          } else if (line.startsWith("retry: ")) {
            retryMillis = Integer.parseInt(line.substring("retry: ".length()));
          } else if (line.startsWith("data: ")) {
            data.append(line.substring("data: ".length()));
          }
        }
        if (!data.isEmpty()) {
          events.add(new Event(type, id, JSON.readTree(data.toString())));
        }
      }
      ended.complete(true);
    } catch (IOException e) {
      ended.complete(false);
    }
  }

  private static boolean isAtEnd(InputStream in) throws IOException {
    in.mark(1);
    boolean end = in.read() < 0;
    in.reset();
    return end;
  }

  /** Reads a line. A stream that ends inside it is a lost connection. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the stream ended in an event");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** After which time a browser would reconnect; 0 if the server has not said so. */
  public int retryMillis() {
    return retryMillis;
  }

  public int status() {
    return response.statusCode();
  }

  /** A header of the response; empty where it is missing. */
  public String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The body of a response that is not an event stream. */
  public JsonNode refusal() {
    try (InputStream body = response.body()) {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Event next() {
    return Await.next(() -> "an event", events);
  }

  /** Waits for the next event of one of these types; skips others. */
  public Event await(String... types) {
    while (true) {
      Event next = Await.next(() -> "an event of " + Arrays.toString(types), events);
      if (Arrays.asList(types).contains(next.type())) {
        return next;
      }
    }
  }

  /** The events that were received and not taken yet. */
  public List<Event> arrived() {
    List<Event> arrived = new ArrayList<>();
    events.drainTo(arrived);
    return arrived;
  }

  /** Whether the stream has ended, or the connection was lost. */
  public boolean hasEnded() {
    return ended.isDone();
  }

  /** Waits for the end of the stream; returns false where the connection was lost. */
  public boolean awaitEnd() {
    return ended.orTimeout(Await.LONGEST.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Closes the connection. */
  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

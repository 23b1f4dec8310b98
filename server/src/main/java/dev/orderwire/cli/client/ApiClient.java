package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the HTTP API of a server. */
public final class ApiClient {
  /** An answer that reads from MySQL may wait for its turn there. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final @Nullable Path authorities;

  /**
   * @param authorities a PEM file with authorities to trust besides those of Java; null for none
   */
  public ApiClient(@Nullable Path authorities) {
    this.authorities = authorities;
  }

  /**
   * The answer of a path. Blocks.
   *
   * @param headers null for those to leave out
   * @throws OrderwireException the server's own error; {@code no_server}; {@code not_the_protocol}
   */
  public JsonNode get(URI uri, Map<String, @Nullable String> headers) {
    return ask("GET", uri, headers);
  }

  /** As {@link #get}, for the method DELETE. */
  public JsonNode delete(URI uri, Map<String, @Nullable String> headers) {
    return ask("DELETE", uri, headers);
  }

  private JsonNode ask(String method, URI uri, Map<String, @Nullable String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).timeout(PATIENCE);
    headers.forEach((name, value) -> {
      if (value != null) {
        header(request, name, value);
      }
    });
    HttpResponse<String> answer = send(request.build());
    JsonNode json = json(answer);
    if (answer.statusCode() == 200) {
      return json;
    }
    throw new OrderwireException(
        ErrorCode.of(json.at("/error/code").asString("")).orElse(ErrorCode.REFUSED_BY_SERVER),
        "the server refused (%d): %s"
            .formatted(answer.statusCode(), json.at("/error/message").asString("")));
  }

  private static void header(HttpRequest.Builder request, String name, String value) {
    try {
      request.header(name, value);
    } catch (IllegalArgumentException e) {
      // Without the value, which is a token.
      throw new OrderwireException(
          ErrorCode.NOT_AUTHENTICATED, "the token has characters that no token has", e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) {
    try (HttpClient http = WireSocket.http(authorities)) {
      return http.send(request, BodyHandlers.ofString());
    } catch (SSLException e) {
      throw Failures.noTls(request.uri(), e);
    } catch (IOException e) {
      throw Failures.noServer(request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrderwireException(ErrorCode.NO_SERVER, "interrupted before the answer", e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      JsonNode json = JSON.readTree(answer.body());
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // As for any other text.
    }
    throw new OrderwireException(
        ErrorCode.NOT_THE_PROTOCOL,
        "%s answered %d without a JSON object: is this Orderwire's address?"
            .formatted(Failures.withoutQuery(answer.uri()), answer.statusCode()));
  }
}

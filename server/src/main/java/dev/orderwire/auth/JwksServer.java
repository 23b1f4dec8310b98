package dev.orderwire.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The server with the keys of the issuer. Redirects are not followed, since they could lead to
 * another one.
 */
final class JwksServer {
  /** For the whole answer, so that no server can hold a caller by answering slowly. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  static final int MAX_BYTES = 262_144;
  static final int MAX_KEYS = 100;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final URI address;

  JwksServer(URI address) {
    this.address = address;
  }

  /**
   * Asks for the keys.
   *
   * @return those that can check signatures; empty if the issuer has withdrawn all keys
   * @throws IOException if there is no valid answer in time; the message is for the log
   */
  List<JwksKey> keys() throws IOException {
    HttpResponse<byte[]> response = response();
    if (response.statusCode() != 200) {
      throw new IOException("it answers with status %d".formatted(response.statusCode()));
    }
    try {
      JsonNode keys = JSON.readTree(response.body()).get("keys");
      if (keys == null || !keys.isArray() || keys.size() > MAX_KEYS) {
        throw new IOException(
            "its answer has no list keys, or one of more than %d".formatted(MAX_KEYS));
      }
      return keys.valueStream()
          .filter(JsonNode::isObject)
          .map(key -> JwksKey.parse(key.toString()))
          .flatMap(Optional::stream)
          .toList();
    } catch (JacksonException e) {
      throw new IOException("its answer is not JSON", e);
    }
  }

  /** Not ended by an interrupt: clients that leave must not keep the keys from others. */
  private HttpResponse<byte[]> response() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(address).header("Accept", "application/json").build();
    // One request in minutes: a client that is kept would be a thread that sleeps.
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build()) {
      try {
        return client
            .sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES))
            .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
      } catch (CompletionException e) {
        throw new IOException(
            e.getCause() instanceof TimeoutException
                ? "it does not answer within %d s".formatted(TIMEOUT.toSeconds())
                : "it cannot be asked: " + e.getCause(),
            e);
      } finally {
        client.shutdownNow();
      }
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}

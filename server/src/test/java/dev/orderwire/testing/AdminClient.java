package dev.orderwire.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server for {@code /api/connections}.
 *
 * @param base the address of the server, such as {@code http://127.0.0.1:8000}
 * @param token null for none
 */
public record AdminClient(URI base, @Nullable String token) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** An answer. */
  public record Answer(int status, JsonNode body, String allow) {
    /** The code of an error. */
    public String code() {
      return body.at("/error/code").asString("");
    }

    /** How many connections are being closed. */
    public int closed() {
      return body.path("closed").asInt(-1);
    }
  }

  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Sends a request without a body. */
  public Answer ask(String method, String pathAndQuery) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(pathAndQuery)).method(method, BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
      String text = answer.body().isEmpty() ? "{}" : answer.body();
      return new Answer(
          answer.statusCode(),
          JsonMapper.shared().readTree(text),
          answer.headers().firstValue("allow").orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The connections on one page. */
  public Answer page(String query) {
    return ask("GET", "/api/connections" + query);
  }

  /** All connections, page by page. */
  public List<JsonNode> all(int limit) {
    List<JsonNode> all = new ArrayList<>();
    String after = "";
    while (true) {
      JsonNode page = page("?limit=%d%s".formatted(limit, after)).body();
      page.path("connections").forEach(all::add);
      if (!page.path("more").asBoolean()) {
        return all;
      }
      after = "&after=" + page.path("after").asString();
    }
  }

  /** The identities of all connections, sorted. */
  public List<String> identities() {
    return all(1_000).stream().map(each -> each.path("identity").asString("-")).sorted().toList();
  }

  /** The connections of an identity. */
  public List<JsonNode> of(String identity) {
    JsonNode found = page("?identity=" + encoded(identity)).body().path("connections");
    return StreamSupport.stream(found.spliterator(), false).toList();
  }

  public Answer kickIdentity(String identity) {
    return ask("DELETE", "/api/connections?identity=" + encoded(identity));
  }

  public Answer kickConnection(String id) {
    return ask("DELETE", "/api/connections/" + encoded(id));
  }
}

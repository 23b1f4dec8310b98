package dev.orderwire.judge.cluster;

import dev.orderwire.judge.table.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** What a server says about itself. Safe for use by any number of threads. */
public final class Health {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
  private static final Duration READY_WITHIN = Duration.ofSeconds(1);

  private final int port;

  Health(int port) {
    this.port = port;
  }

  /** Whether nothing is wrong. */
  public boolean isUp() throws IOException, InterruptedException {
    return read(ANSWERS_WITHIN).path("status").asString().equals("up");
  }

  /** Its part of the cluster, from {@code /health}; missing where there is no bus. */
  JsonNode cluster() throws IOException, InterruptedException {
    return read(ANSWERS_WITHIN).path("cluster");
  }

  /** Whether it leads, and says so soon. */
  boolean leads() throws InterruptedException {
    try {
      return read(READY_WITHIN).path("cluster").path("leads").asBoolean(false);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a balancer should send it clients. */
  boolean isReady() throws InterruptedException {
    try {
      return get("/health/ready", READY_WITHIN).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private JsonNode read(Duration within) throws IOException, InterruptedException {
    return Json.parse(get("/health", within).body());
  }

  /** The client's own time-out ends with the head of an answer. */
  private HttpResponse<String> get(String path, Duration within)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path))).build();
    CompletableFuture<HttpResponse<String>> answer =
        HTTP.sendAsync(request, BodyHandlers.ofString());
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer from port " + port + ": " + e, e);
    }
  }
}

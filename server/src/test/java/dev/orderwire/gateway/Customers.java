package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway on a table of orders, with policies, and its clients. */
final class Customers implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final OrdersGateway gateway;

  /**
   * @param policies as JSON, in which {@code claims.sub} is the client's
   */
  Customers(String policies) {
    List<String> problems = new ArrayList<>();
    Policies read =
        Policies.read(JsonMapper.shared().readTree(policies), new Seal(new byte[32]), problems);
    assertThat(problems).isEmpty();
    gateway =
        new OrdersGateway(
            10,
            // Some tests ask very often.
            Map.of(Limit.IDENTITY_REQUESTS, GatewayOptions.OFF),
            Admission.by(Customers::identity, read));
  }

  /** The token of a client, for any text as its {@code sub}. */
  static String token(String sub, String role) {
    return URLEncoder.encode(sub, StandardCharsets.UTF_8) + "/" + role;
  }

  private static Identity identity(String token) {
    List<String> parts = List.of(token.split("/", -1));
    String sub = URLDecoder.decode(parts.getFirst(), StandardCharsets.UTF_8);
    return new Identity(
        "client",
        Map.of("sub", JsonMapper.shared().valueToTree(sub)),
        List.of(parts.get(1)),
        null,
        null);
  }

  void sql(String statement) {
    gateway.database.execute(statement);
    gateway.awaitAll();
  }

  HttpResponse<String> get(String token, String path, String... query) {
    return get(token, gateway.uri("http", path, query));
  }

  HttpResponse<String> get(String token, URI uri) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  JsonNode json(String token, String path, String... query) {
    HttpResponse<String> answer = get(token, path, query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  static String code(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).at("/error/code").asString();
  }

  @Override
  public void close() {
    gateway.close();
  }
}

package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A client reconnects after retention has deleted the changes that it missed. */
class RetentionResetTest {
  @Test
  void aWebSocketGetsAResetAndTheRows() {
    try (OrdersGateway gateway = new OrdersGateway(5, Map.of())) {
      gateway.insert(1);
      String since = gateway.position().toString();
      gateway.insert(2);
      gateway.insert(6);
      gateway.deleteOld();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        JsonNode reset = client.next();
        assertThat(reset.get("type").asString()).isEqualTo("reset");
        assertThat(reset.get("reason").asString()).isEqualTo("retention");
        assertThat(client.next().get("rows").size()).isEqualTo(9);
        gateway.insert(1);
        assertThat(client.nextChange().get("id").longValue()).isEqualTo(gateway.ids().getLast());
      }
    }
  }

  @Test
  void changesInTheFeedNeedNoLog() {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of())) {
      gateway.insert(1);
      String since = gateway.position().toString();
      gateway.insert(3);
      gateway.deleteOld();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        assertThat(client.next().get("changes").size()).isEqualTo(3);
      }
    }
  }

  @Test
  void aStreamOfEventsGetsAResetAndTheRows() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(5, Map.of())) {
      gateway.insert(1);
      String since = gateway.position().toString();
      gateway.insert(2);
      gateway.insert(6);
      gateway.deleteOld();
      try (SseClient client = SseClient.connect(gateway.uri("http", "/events", "since", since))) {
        assertThat(client.next().type()).isEqualTo("welcome");
        assertThat(client.next().type()).isEqualTo("subscribed");
        SseClient.Event reset = client.next();
        assertThat(reset.type()).isEqualTo("reset");
        assertThat(reset.data().path("reason").asString()).isEqualTo("retention");
        assertThat(client.next().type()).isEqualTo("snapshot");
      }
    }
  }

  @Test
  void aRequestForDeletedChangesIsToldToReadTheRows() throws IOException, InterruptedException {
    try (OrdersGateway gateway = new OrdersGateway(5, Map.of());
        HttpClient http = HttpClient.newHttpClient()) {
      gateway.insert(1);
      String since = gateway.position().toString();
      gateway.insert(2);
      gateway.insert(6);
      String kept = gateway.position().toString();
      gateway.deleteOld();
      assertThat(changes(http, gateway, since).statusCode()).isEqualTo(400);
      assertThat(changes(http, gateway, since).body())
          .contains("\"code\":\"unknown_position\"", "retention");
      assertThat(changes(http, gateway, kept).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> changes(HttpClient http, OrdersGateway gateway, String since)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(gateway.uri("http", "/api/tables/orders/changes", "since", since))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}

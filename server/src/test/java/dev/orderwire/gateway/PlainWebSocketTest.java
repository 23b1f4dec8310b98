package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.delete;
import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.FeedGateway.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class PlainWebSocketTest {
  @Test
  void withoutParametersEveryNewChangeOfTheDefaultTableArrives() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(insert(101, order(1, "before", "pending")));
      String before = gateway.position().toString();
      try (WsClient client = WsClient.connect(gateway.ws())) {
        JsonNode welcome = client.next();
        assertThat(welcome.get("type").asString()).isEqualTo("welcome");
        assertThat(welcome.get("server").asString()).startsWith("orderwire ");
        assertThat(welcome.get("connection").asString()).isNotEmpty();
        assertThat(welcome.get("heartbeatSeconds").intValue()).isEqualTo(3600);
        JsonNode subscribed = client.next();
        String view = subscribed.get("view").asString();
        assertThat(subscribed.toString())
            .isEqualTo(
                ("{'type':'subscribed','view':'"
                        + view
                        + "','table':'orders','key':['id'],"
                        + "'columns':[{'name':'id','type':'bigint unsigned'},"
                        + "{'name':'customer','type':'varchar(100)'},"
                        + "{'name':'status','type':'varchar(20)'},"
                        + "{'name':'amount','type':'decimal(10,2)'}],'position':'"
                        + before
                        + "'}")
                    .replace('\'', '"'));

        gateway.awaitFollowing();
        gateway.append(insert(102, order(2, "Ann", "pending")));
        assertThat(client.next().toString())
            .isEqualTo(
                ("{'type':'changes','view':'"
                        + view
                        + "','changes':[{'id':102,'op':'insert',"
                        + "'key':{'id':2},'row':{'id':2,'customer':'Ann','status':'pending',"
                        + "'amount':'10.00'},'old':null,'at':'2026-11-22T10:00:00.123456Z'}],"
                        + "'position':'"
                        + gateway.position()
                        + "'}")
                    .replace('\'', '"'));

        gateway.append(update(103, order(2, "Ann", "pending"), order(2, "Ann", "shipped")));
        JsonNode update = client.next().get("changes").get(0);
        assertThat(update.get("op").asString()).isEqualTo("update");
        assertThat(update.get("row").get("status").asString()).isEqualTo("shipped");
        assertThat(update.get("old").toString()).isEqualTo("{\"status\":\"pending\"}");

        gateway.append(delete(104, order(2, "Ann", "shipped")));
        JsonNode delete = client.next().get("changes").get(0);
        assertThat(delete.get("op").asString()).isEqualTo("delete");
        assertThat(delete.get("row").isNull()).isTrue();
        assertThat(delete.get("old").get("customer").asString()).isEqualTo("Ann");
      }
      // Messages are counted after they were sent.
      Await.until("three deliveries are counted", () -> gateway.traffic.written.size() == 3);
      assertThat(gateway.traffic.deliveries).hasValue(3);
      assertThat(gateway.traffic.written).hasSize(3).containsOnly(FeedGateway.AT);
      Await.until("the client is gone", () -> gateway.traffic.connections.get() == 0);
      assertThat(gateway.traffic.subscriptions).hasValue(0);
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  @Test
  void theUrlSelectsRowsAndColumns() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client =
            WsClient.connect(
                gateway.ws(
                    "table",
                    "orders",
                    "where",
                    "{\"status\":\"pending\"}",
                    "columns",
                    "status,id"))) {
      assertThat(client.await("subscribed").get("columns").toString())
          .isEqualTo(
              "[{\"name\":\"id\",\"type\":\"bigint unsigned\"},"
                  + "{\"name\":\"status\",\"type\":\"varchar(20)\"}]");
      gateway.append(insert(101, order(1, "Ann", "shipped")));
      gateway.append(update(102, order(1, "Ann", "shipped"), order(1, "Ann", "pending")));
      gateway.append(update(103, order(1, "Ann", "pending"), order(1, "Bob", "pending")));
      gateway.append(update(104, order(1, "Bob", "pending"), order(1, "Bob", "shipped")));
      JsonNode enters = client.nextChange();
      assertThat(enters.get("id").longValue()).isEqualTo(102);
      assertThat(enters.get("op").asString()).isEqualTo("insert");
      assertThat(enters.get("row").toString()).isEqualTo("{\"id\":1,\"status\":\"pending\"}");
      assertThat(enters.get("old").isNull()).isTrue();
      JsonNode leaves = client.nextChange();
      assertThat(leaves.get("id").longValue()).isEqualTo(104);
      assertThat(leaves.get("op").asString()).isEqualTo("delete");
      assertThat(leaves.get("row").isNull()).isTrue();
      assertThat(leaves.get("old").toString()).isEqualTo("{\"id\":1,\"status\":\"pending\"}");
    }
  }

  @Test
  void anActorIsSentOnlyIfTheTableAllowsIt() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient orders = WsClient.connect(gateway.ws());
        WsClient lines = WsClient.connect(gateway.ws("table", "line item/+%"))) {
      orders.await("subscribed");
      lines.await("subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")), line(102, 1, 7));
      assertThat(orders.await("changes").get("changes").get(0).has("actor")).isFalse();
      JsonNode change = lines.await("changes").get("changes").get(0);
      assertThat(change.get("actor").asString()).isEqualTo("shop@localhost");
      assertThat(change.get("id").longValue()).isEqualTo(102);
    }
  }

  @Test
  void textAndNumbersArriveAsMysqlWroteThem() {
    String name = "Zoë \\\"quoted\\\" \uD83D\uDE00 \\u0000 \u2028 日本";
    // Long enough to meet the end of every buffer on the way, somewhere in a character.
    String padding = "\uD83D\uDE00".repeat(20_000);
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      for (int shift = 0; shift < 4; shift++) {
        String customer = "x".repeat(shift) + name + padding;
        gateway.append(insert(101 + shift, order(1, customer, "pending")));
        String arrived =
            client.await("changes").get("changes").get(0).get("row").get("customer").asString();
        assertThat(arrived)
            .isEqualTo("x".repeat(shift) + "Zoë \"quoted\" \uD83D\uDE00 \0 \u2028 日本" + padding);
      }
    }
  }

  @Test
  void allClientsOfAViewGetTheSameMessages() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient one = WsClient.connect(gateway.ws("where", "{\"status\":\"pending\"}"));
        WsClient same = WsClient.connect(gateway.ws("where", "{\"status\":{\"eq\":\"pending\"}}"));
        WsClient other = WsClient.connect(gateway.ws("where", "{\"status\":\"shipped\"}"))) {
      String view = one.await("subscribed").get("view").asString();
      assertThat(same.await("subscribed").get("view").asString()).isEqualTo(view);
      assertThat(other.await("subscribed").get("view").asString()).isNotEqualTo(view);
      gateway.append(
          insert(101, order(1, "Ann", "pending")), insert(102, order(2, "Bob", "shipped")));
      String message = one.next().toString();
      assertThat(message).contains("Ann").doesNotContain("Bob");
      assertThat(same.next()).hasToString(message);
      assertThat(other.next().toString()).contains("Bob").doesNotContain("Ann");
    }
  }
}

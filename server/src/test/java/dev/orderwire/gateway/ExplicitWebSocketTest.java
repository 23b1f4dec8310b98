package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.WsClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class ExplicitWebSocketTest {
  private FeedGateway gateway = new FeedGateway();
  private WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1");

  @BeforeEach
  void welcome() {
    assertThat(client.subprotocol()).isEqualTo("orderwire.v1");
    assertThat(client.next().get("type").asString()).isEqualTo("welcome");
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private JsonNode subscribe(String json) {
    client.send(json.replace('\'', '"'));
    return client.next();
  }

  @Test
  void nothingIsSubscribedUntilTheClientAsks() {
    gateway.append(insert(101, order(1, "Ann", "pending")));
    JsonNode subscribed = subscribe("{'type':'subscribe','ref':'r1'}");
    assertThat(subscribed.get("type").asString()).isEqualTo("subscribed");
    assertThat(subscribed.get("ref").asString()).isEqualTo("r1");
    assertThat(subscribed.get("table").asString()).isEqualTo("orders");
    gateway.append(insert(102, order(2, "Bob", "pending")));
    assertThat(client.next().get("changes").get(0).get("id").longValue()).isEqualTo(102);
  }

  @Test
  void oneConnectionHoldsManyViews() {
    String pending =
        subscribe("{'type':'subscribe','ref':'1','where':{'status':'pending'},'columns':['id']}")
            .get("view")
            .asString();
    String lines =
        subscribe("{'type':'subscribe','ref':'2','table':'line item/+%'}").get("view").asString();
    gateway.append(
        insert(101, order(1, "Ann", "pending")),
        insert(102, order(2, "Bob", "shipped")),
        line(103, 1, 1));
    // Which view's message comes first is not promised.
    Map<String, JsonNode> byView = new HashMap<>();
    for (int i = 0; i < 2; i++) {
      JsonNode message = client.next();
      byView.put(message.get("view").asString(), message);
    }
    JsonNode first = Objects.requireNonNull(byView.get(pending));
    JsonNode second = Objects.requireNonNull(byView.get(lines));
    assertThat(first.get("changes").size()).isEqualTo(1);
    assertThat(first.get("changes").get(0).get("row").toString()).isEqualTo("{\"id\":1}");
    assertThat(second.get("changes").get(0).get("key").toString())
        .isEqualTo("{\"order\":1,\"line\":1}");
    assertThat(first.get("position")).isEqualTo(second.get("position"));
  }

  @Test
  void onlyTheUnsubscribedViewStops() {
    String all = subscribe("{'type':'subscribe'}").get("view").asString();
    String some =
        subscribe("{'type':'subscribe','where':{'status':'pending'}}").get("view").asString();
    JsonNode answer = subscribe("{'type':'unsubscribe','ref':'u','view':'" + all + "'}");
    assertThat(answer.toString())
        .isEqualTo("{\"type\":\"unsubscribed\",\"ref\":\"u\",\"view\":\"" + all + "\"}");
    gateway.append(insert(101, order(1, "Ann", "pending")));
    assertThat(client.next().get("view").asString()).isEqualTo(some);
    gateway.append(insert(102, order(2, "Bob", "shipped")));
    assertThat(subscribe("{'type':'subscribe'}").get("type").asString()).isEqualTo("subscribed");
    assertThat(gateway.traffic.subscriptions).hasValue(2);
  }

  @Test
  void aPingIsAnswered() {
    assertThat(subscribe("{'type':'ping','ref':'r4'}").toString())
        .isEqualTo("{\"type\":\"pong\",\"ref\":\"r4\"}");
    assertThat(subscribe("{'type':'ping'}").toString()).isEqualTo("{\"type\":\"pong\"}");
  }

  @Test
  void aMessageCanComeInFragments() {
    client.send(List.of("{\"type\":", "", "\"ping\",", "\"ref\":\"é", "✓\"}"));
    assertThat(client.next().get("ref").asString()).isEqualTo("é✓");
  }

  @Test
  void aPlainConnectionCanSubscribeByMessage() {
    try (WsClient plain = WsClient.connect(gateway.ws())) {
      plain.await("subscribed");
      plain.send("{\"type\":\"subscribe\",\"ref\":\"2\",\"table\":\"line item/+%\"}");
      assertThat(plain.next().get("table").asString()).isEqualTo("line item/+%");
      gateway.append(line(101, 1, 1));
      assertThat(plain.next().get("changes").size()).isEqualTo(1);
    }
  }
}

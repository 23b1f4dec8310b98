package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.WsClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class MomentTest {
  @Test
  void aMomentInPartsIsMarkedUntilItsEnd() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(false, insert(101, order(1, "Ann", "pending")));
      JsonNode part = client.next();
      assertThat(ids(part)).containsExactly(101L);
      assertThat(part.get("more").booleanValue()).isTrue();
      assertThat(part.get("position").asString()).isEqualTo(gateway.position().toString());
      gateway.append(true, insert(102, order(2, "Bob", "pending")));
      JsonNode end = client.next();
      assertThat(ids(end)).containsExactly(102L);
      assertThat(end.has("more")).isFalse();
    }
  }

  @Test
  void aViewThatSeesOnlyTheBeginningOfAMomentIsToldItsEnd() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(false, insert(101, order(1, "Ann", "pending")));
      assertThat(client.next().get("more").booleanValue()).isTrue();
      gateway.append(false, line(102, 1, 1));
      gateway.append(true, line(103, 1, 2));
      JsonNode end = client.next();
      assertThat(ids(end)).isEmpty();
      assertThat(end.has("more")).isFalse();
      assertThat(end.get("position").asString()).isEqualTo(gateway.position().toString());
    }
  }

  @Test
  void aViewThatSeesNothingOfAMomentIsToldNothing() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(false, line(101, 1, 1));
      gateway.append(true, line(102, 1, 2));
      gateway.append(insert(103, order(1, "Ann", "pending")));
      assertThat(ids(client.next())).containsExactly(103L);
    }
  }

  /** Who resumes while a moment is under way waits for its end as everybody does. */
  @Test
  void aClientThatComesBackWithinAMomentGetsItsRest() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(insert(101, order(1, "Ann", "pending")));
      String since = gateway.position().toString();
      gateway.append(false, insert(102, order(2, "Bob", "pending")));
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        JsonNode part = client.next();
        assertThat(ids(part)).containsExactly(102L);
        assertThat(part.get("more").booleanValue()).isTrue();
        gateway.append(true, line(103, 1, 1));
        JsonNode end = client.next();
        assertThat(ids(end)).isEmpty();
        assertThat(end.has("more")).isFalse();
      }
    }
  }
}

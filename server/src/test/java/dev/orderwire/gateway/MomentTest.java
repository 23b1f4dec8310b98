package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
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
  void aViewThatShowsOnlyTheBeginningOfAMomentGetsItsEnd() {
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
  void aViewThatShowsNothingOfAMomentGetsNoMessage() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(false, line(101, 1, 1));
      gateway.append(true, line(102, 1, 2));
      gateway.append(insert(103, order(1, "Ann", "pending")));
      assertThat(ids(client.next())).containsExactly(103L);
    }
  }

  /** A client that resumes within a moment waits for its end. */
  @Test
  void aClientThatResumesWithinAMomentGetsItsRest() {
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

  /**
   * A replay goes by id: where it breaks off, the client may have a part of a moment that the feed
   * shows only after the next one. Until then it shows no state that the database had.
   */
  @Test
  void whoHasPartsOfLaterMomentsIsNotWholeBeforeThoseAre() {
    try (FeedGateway gateway = new FeedGateway()) {
      Position begin = gateway.position();
      gateway.append(
          insert(102, order(2, "Bob", "pending")), insert(103, order(3, "Cid", "pending")));
      gateway.append(
          insert(101, order(1, "Ann", "pending")), insert(104, order(4, "Dan", "pending")));
      String since = begin.with(Ids.of(101, 102)).toString();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        JsonNode message = client.next();
        assertThat(ids(message)).containsExactly(103L, 104L);
        assertThat(message.has("more")).isFalse();
      }
      gateway.append(insert(106, order(6, "Fay", "pending")));
      String further = begin.with(Ids.of(101, 102, 103, 104, 105, 106)).toString();
      try (WsClient client = WsClient.connect(gateway.ws("since", further, "columns", "id"))) {
        client.await("subscribed");
        gateway.append(insert(107, order(7, "Gus", "pending")));
        JsonNode part = client.next();
        assertThat(ids(part)).containsExactly(107L);
        assertThat(part.get("more").booleanValue()).isTrue();
        gateway.append(
            insert(105, order(5, "Eve", "pending")), insert(108, order(8, "Hal", "pending")));
        JsonNode end = client.next();
        assertThat(ids(end)).containsExactly(108L);
        assertThat(end.has("more")).isFalse();
      }
    }
  }

  /** Its last message was marked as a part, so it waits for the end. */
  @Test
  void aClientThatResumesWithinAMomentGetsItsEndEvenIfItsViewShowsNoMoreOfIt() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(false, insert(101, order(1, "Ann", "pending")));
      String since = gateway.position().toString();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        gateway.append(true, line(102, 1, 1));
        JsonNode end = client.next();
        assertThat(ids(end)).isEmpty();
        assertThat(end.has("more")).isFalse();
      }
    }
  }
}

package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.inserts;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class ResumeFromFeedTest {
  static List<Long> ids(JsonNode changes) {
    List<Long> ids = new ArrayList<>();
    changes.get("changes").forEach(change -> ids.add(change.get("id").longValue()));
    return ids;
  }

  @Test
  void missedChangesComeInOneMessageAndLiveChangesFollow() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(insert(101, order(1, "Ann", "pending")));
      String since = gateway.position().toString();
      for (Change change : inserts(102, 110)) {
        gateway.append(change);
      }
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        assertThat(client.await("subscribed").get("position").asString()).isEqualTo(since);
        JsonNode missed = client.next();
        assertThat(ids(missed))
            .containsExactly(102L, 103L, 104L, 105L, 106L, 107L, 108L, 109L, 110L);
        assertThat(missed.has("more")).isFalse();
        assertThat(missed.get("position").asString()).isEqualTo(gateway.position().toString());
        gateway.append(insert(111, order(1, "Bob", "pending")));
        assertThat(ids(client.next())).containsExactly(111L);
      }
    }
  }

  @Test
  void aLateChangeBelowTheHeadIsDeliveredAndCoveredChangesAreNot() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(insert(101, order(1, "Ann", "pending")));
      gateway.append(insert(104, order(4, "Dan", "pending")));
      gateway.append(insert(103, order(3, "Cid", "pending")));
      gateway.append(insert(102, order(2, "Bob", "pending")));
      Position seen = new Position("epoch1", 104, Ids.of(102));
      try (WsClient client = WsClient.connect(gateway.ws("since", seen.toString()))) {
        client.await("subscribed");
        JsonNode missed = client.next();
        assertThat(ids(missed)).containsExactly(102L);
        assertThat(missed.get("position").asString()).isEqualTo(gateway.position().toString());
      }
    }
  }

  /** Another server, or a snapshot, has shown more than this feed has so far. */
  @Test
  void changesAheadOfTheFeedAreSkippedWhenTheFeedShowsThem() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.append(insert(101, order(1, "Ann", "pending")));
      gateway.append(insert(103, order(3, "Cid", "pending")));
      Position seen = new Position("epoch1", 103, Ids.of(101));
      try (WsClient client = WsClient.connect(gateway.ws("since", seen.toString()))) {
        client.await("subscribed");
        JsonNode missed = client.next();
        assertThat(ids(missed)).containsExactly(101L);
        // 102 counts as seen, though the feed has yet to show it.
        assertThat(missed.get("position").asString()).isEqualTo("epoch1-" + Long.toString(103, 36));
        gateway.append(insert(102, order(2, "Bob", "pending")));
        gateway.append(insert(104, order(4, "Dan", "pending")));
        assertThat(client.nextChange().get("id").longValue()).isEqualTo(104);
      }
    }
  }

  @Test
  void aMessageEndsAtTheFirstEndOfAMomentOverTheLimit() {
    Map<Limit, Long> limits = Map.of(Limit.FRAME_CHANGES, 4L);
    try (FeedGateway gateway = new FeedGateway(limits)) {
      String since = gateway.position().toString();
      for (long id = 101; id < 113; id += 3) {
        gateway.append(inserts(id, id + 2).toArray(Change[]::new));
      }
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        JsonNode first = client.next();
        assertThat(ids(first)).containsExactly(101L, 102L, 103L, 104L, 105L, 106L);
        assertThat(first.has("more")).isFalse();
        assertThat(first.get("position").asString()).isEqualTo("epoch1-" + Long.toString(106, 36));
        assertThat(ids(client.next())).hasSize(6).startsWith(107L);
      }
      try (WsClient client =
          WsClient.connect(gateway.ws("since", "epoch1-" + Long.toString(106, 36)))) {
        client.await("subscribed");
        assertThat(ids(client.next())).startsWith(107L);
      }
    }
  }
}

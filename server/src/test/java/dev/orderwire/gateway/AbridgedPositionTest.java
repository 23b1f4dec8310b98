package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A client whose position did not fit into its text has seen more than the text says. Changes that
 * are repeated must come as one moment, or the client would show rows of different times.
 */
class AbridgedPositionTest {
  private static final int CHANGES = 6;
  private static final Map<Limit, Long> ONE_BY_ONE = Map.of(Limit.FRAME_CHANGES, 1L);

  private static List<JsonNode> resumed(MemoryGateway gateway, String since) {
    List<JsonNode> messages = new ArrayList<>();
    try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
      List<Long> ids = new ArrayList<>();
      while (!ids.contains(gateway.position().head())) {
        JsonNode message = client.await("changes");
        messages.add(message);
        message.path("changes").forEach(change -> ids.add(change.path("id").longValue()));
      }
    }
    return messages;
  }

  private static List<Boolean> more(List<JsonNode> messages) {
    return messages.stream().map(message -> message.has("more")).toList();
  }

  @Test
  void repeatedChangesComeAsOneMoment() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, ONE_BY_ONE)) {
      for (int i = 0; i < CHANGES; i++) {
        gateway.insert(1);
      }
      List<Long> ids = gateway.ids();
      String said = new Position(gateway.position().epoch(), ids.get(1), Ids.NONE).toString();
      // A complete position gets each moment on its own.
      assertThat(more(resumed(gateway, said))).containsExactly(false, false, false, false);
      List<JsonNode> again = resumed(gateway, said + "~");
      assertThat(more(again).getLast()).isFalse();
      assertThat(more(again).subList(0, again.size() - 1)).doesNotContain(false);
      List<Long> came = new ArrayList<>();
      again.forEach(message ->
          message.path("changes").forEach(change -> came.add(change.path("id").longValue())));
      assertThat(came).isEqualTo(ids.subList(2, CHANGES));
      assertThat(Position.parse(again.getLast().path("position").asString()))
          .isEqualTo(gateway.position());
    }
  }

  @Test
  void aClientThatHasEverythingIsSubscribedAndFollowsLive() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, ONE_BY_ONE)) {
      gateway.insert(1);
      try (WsClient client = WsClient.connect(gateway.ws("since", gateway.position() + "~"))) {
        client.await("subscribed");
        gateway.insert(1);
        assertThat(client.nextChange().path("id").longValue()).isEqualTo(gateway.ids().getLast());
      }
    }
  }
}

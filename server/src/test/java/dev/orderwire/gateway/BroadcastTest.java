package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Many clients of one view, most of which keep up. */
@ExtendWith(FailOnLeak.class)
class BroadcastTest {
  /** Long enough to be compressed. */
  private static final String CUSTOMER = "customer ".repeat(40);

  private static final List<Form> FORMS = List.of(Form.PLAIN, Form.DEFLATED, Form.EVENT);

  private final Random random = new Random(7);
  private long id = 100;

  private Change change() {
    id++;
    return insert(id, order(id, CUSTOMER, "pending"));
  }

  /** A client, and how to read its next message. */
  private record Client(AutoCloseable connection, Supplier<JsonNode> messages) {
    JsonNode next(String type) {
      JsonNode message = messages.get();
      while (!message.get("type").asString().equals(type)) {
        message = messages.get();
      }
      return message;
    }

    /** The only change of the next message of changes. */
    long nextId() {
      JsonNode changes = next("changes").get("changes");
      assertThat(changes.size()).isEqualTo(1);
      return changes.get(0).get("id").longValue();
    }
  }

  private static Client client(FeedGateway gateway, Form form) {
    return switch (form) {
      case PLAIN -> of(RawSocket.connect(gateway.address).upgrade("/ws"));
      case DEFLATED ->
          of(
              RawSocket.connect(gateway.address)
                  .upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate"));
      case EVENT -> {
        SseClient client = SseClient.connect(gateway.events());
        yield new Client(client, () -> client.next().data());
      }
    };
  }

  private static Client of(RawSocket socket) {
    return new Client(socket, socket::readMessage);
  }

  @Test
  void clientsGetEachMessageOnceInTheirFormWhileOthersComeAndGo() throws Exception {
    try (FeedGateway gateway = new FeedGateway()) {
      List<Client> clients = new ArrayList<>();
      for (int round = 0; round < 60; round++) {
        boolean grows = clients.size() < 6 || (clients.size() < 30 && random.nextBoolean());
        for (int i = random.nextInt(4); i >= 0; i--) {
          if (grows) {
            Client comes = client(gateway, FORMS.get(random.nextInt(FORMS.size())));
            comes.next("subscribed");
            clients.add(comes);
          } else {
            clients.remove(random.nextInt(clients.size())).connection().close();
          }
        }
        int there = clients.size();
        Await.until(
            "the other clients have left", () -> gateway.traffic.connections.get() == there);
        gateway.append(change());
        for (Client each : clients) {
          assertThat(each.nextId()).as("round %d", round).isEqualTo(id);
        }
      }
      for (Client each : clients) {
        each.connection().close();
      }
    }
  }

  /**
   * Heartbeats, answers and second views take a client out of the broadcast for a while: its place
   * must not be lost then, nor reported too low.
   */
  @Test
  void aClientServedOnItsOwnForAWhileGetsEverythingOnceAndNoPositionGoesBack() {
    GatewayOptions options = FeedGateway.options(Duration.ofMillis(160), Set.of(), Map.of());
    try (FeedGateway gateway = new FeedGateway(options, 100_000)) {
      List<WsClient> clients = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1");
        client.send("{\"type\":\"subscribe\",\"columns\":[\"id\"]}");
        client.await("subscribed");
        clients.add(client);
      }
      for (int round = 0; round < 400; round++) {
        WsClient one = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(3)) {
          case 0 -> one.send("{\"type\":\"ping\"}");
          case 1 ->
              one.send("{\"type\":\"subscribe\",\"table\":\"" + FeedGateway.LINES.name() + "\"}");
          default -> one.send("{\"type\":\"unsubscribe\",\"view\":\"nothing of the kind\"}");
        }
        gateway.append(change());
      }
      for (WsClient client : clients) {
        checkAll(messagesUpToTheFirstHeartbeatAfterAll(client));
        client.close();
      }
    }
  }

  /** Each is unwritable now and then, and served once it is writable again, while others go on. */
  @Test
  void aClientThatIsSlowAtTimesGetsEverythingOnce() throws InterruptedException {
    int changes = 3_000;
    try (FeedGateway gateway = new FeedGateway()) {
      List<RawSocket> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(RawSocket.connect(gateway.address, 4_096).upgrade("/ws"));
      }
      Await.until("all are subscribed", () -> gateway.traffic.subscriptions.get() == 6);
      Thread appending =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < changes; i++) {
                  gateway.append(change());
                }
              });
      long[] next = new long[clients.size()];
      Arrays.fill(next, 101);
      for (int unfinished = clients.size(); unfinished > 0; ) {
        int one = random.nextInt(clients.size());
        for (int reads = random.nextInt(200); reads > 0 && next[one] <= 100 + changes; reads--) {
          JsonNode message = clients.get(one).readMessage();
          for (JsonNode change : message.path("changes")) {
            assertThat(change.get("id").longValue()).isEqualTo(next[one]++);
          }
          unfinished -= next[one] > 100 + changes ? 1 : 0;
        }
      }
      appending.join();
      clients.forEach(RawSocket::close);
    }
  }

  private List<JsonNode> messagesUpToTheFirstHeartbeatAfterAll(WsClient client) {
    List<JsonNode> messages = new ArrayList<>();
    JsonNode message;
    do {
      message = client.next();
      messages.add(message);
    } while (!message.get("type").asString().equals("position")
        || Position.parse(message.get("position").asString()).head() < id);
    return messages;
  }

  private void checkAll(List<JsonNode> messages) {
    long expected = 101;
    long told = 100;
    for (JsonNode message : messages) {
      if (message.get("type").asString().equals("changes")) {
        for (JsonNode change : message.get("changes")) {
          assertThat(change.get("id").longValue()).isEqualTo(expected++);
        }
      }
      if (message.has("position") && !message.get("type").asString().equals("subscribed")) {
        long head = Position.parse(message.get("position").asString()).head();
        assertThat(head).isGreaterThanOrEqualTo(told);
        told = head;
      }
    }
    assertThat(expected - 1).isEqualTo(id);
  }
}

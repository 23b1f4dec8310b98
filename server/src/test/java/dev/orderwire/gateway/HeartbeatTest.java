package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.RawSocket.WsFrame;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class HeartbeatTest {
  private static FeedGateway beating(Duration heartbeat) {
    return new FeedGateway(FeedGateway.options(heartbeat, Set.of(), Map.of()), 100_000);
  }

  @Test
  void aQuietViewGetsItsPosition() {
    try (FeedGateway gateway = beating(Duration.ofSeconds(1));
        WsClient client = WsClient.connect(gateway.ws("where", "{\"status\":\"lost\"}"));
        SseClient events = SseClient.connect(gateway.events("where", "{\"status\":\"lost\"}"))) {
      assertThat(client.await("welcome").get("heartbeatSeconds").intValue()).isEqualTo(1);
      gateway.append(insert(101, order(1, "Ann", "pending")));
      String position = gateway.position().toString();
      JsonNode told =
          client.await("position", each -> each.path("position").asString("").equals(position));
      assertThat(told.toString())
          .isEqualTo("{\"type\":\"position\",\"position\":\"" + position + "\"}");
      SseClient.Event event = events.await("position");
      while (!position.equals(event.lastEventId())) {
        event = events.await("position");
      }
      assertThat(event.data()).isEqualTo(told);
    }
  }

  /** A position stands for all views, and for whole moments. */
  @Test
  void noPositionIsSentWithinAMoment() {
    try (FeedGateway gateway = beating(Duration.ofSeconds(1));
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(false, insert(101, order(1, "Ann", "pending")));
      String middle = client.await("changes").get("position").asString();
      client.send("{\"type\":\"subscribe\",\"table\":\"line item/+%\"}");
      client.await("subscribed");
      gateway.append(true, line(102, 1, 1));
      String end = gateway.position().toString();
      client.await(
          "the position after the moment",
          message -> {
            assertThat(message.path("type").asString() + message.path("position").asString())
                .isNotEqualTo("position" + middle);
            return message.get("type").asString().equals("position")
                && message.get("position").asString().equals(end);
          });
    }
  }

  @Test
  void aClientThatAnswersPingsStays() {
    try (FeedGateway gateway = beating(Duration.ofSeconds(1));
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.await("welcome");
      client.send("{\"type\":\"subscribe\"}");
      for (int i = 0; i < 4; i++) {
        client.await("position");
      }
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  @Test
  void aClientThatDoesNotAnswerPingsIsClosedAfterTwoHeartbeats() {
    try (FeedGateway gateway = beating(Duration.ofSeconds(1));
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      int pings = 0;
      WsFrame frame = socket.readFrame();
      while (frame.opcode() != WsFrame.CLOSE) {
        pings += frame.opcode() == WsFrame.PING ? 1 : 0;
        frame = socket.readFrame();
      }
      assertThat(frame.closeCode()).isEqualTo(4409);
      assertThat(frame.text()).contains("a pong");
      assertThat(pings).isEqualTo(2);
      socket.sendFrame(0x88, new byte[] {0x11, 0x39});
      assertThat(socket.awaitEnd()).isTrue();
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.IDLE);
    }
  }

  /** The client sends nothing and reads nothing. */
  @Test
  void aStreamThatIsNotReadIsClosedAfterTwoHeartbeats() {
    try (FeedGateway gateway = beating(Duration.ofSeconds(1));
        RawSocket stalled = RawSocket.connect(gateway.address, 4_096)) {
      stalled.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      for (int i = 0; i < 3_000; i++) {
        gateway.append(insert(101 + i, order(i, "x".repeat(4_000), "pending")));
      }
      Await.until("it is closed", () -> !gateway.traffic.closes.isEmpty());
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.IDLE);
      Await.until("it is gone", () -> gateway.traffic.connections.get() == 0);
    }
  }

  @Test
  void everyReasonFitsIntoACloseFrame() {
    for (CloseReason reason : CloseReason.values()) {
      assertThat(reason.sentence().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(10, 123);
    }
  }

  @Test
  void aClientsPingIsAnsweredWithItsPayload() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.readMessage();
      socket.readMessage();
      // Also between the fragments of a message.
      socket.sendFrame(0x01, "{\"type\":".getBytes(StandardCharsets.UTF_8));
      socket.sendFrame(0x89, "are you there?".getBytes(StandardCharsets.UTF_8));
      WsFrame pong = socket.readFrame();
      assertThat(pong.opcode()).isEqualTo(WsFrame.PONG);
      assertThat(pong.text()).isEqualTo("are you there?");
      socket.sendFrame(0x80, "\"ping\"}".getBytes(StandardCharsets.UTF_8));
      assertThat(socket.readMessage().get("type").asString()).isEqualTo("pong");
    }
  }

  @Test
  void aCloseFrameIsAnsweredWithACloseFrame() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(0x88, new byte[] {0x03, (byte) 0xe8, 'b', 'y', 'e'});
      assertThat(socket.readCloseCode()).isEqualTo(1000);
      assertThat(socket.awaitEnd()).isTrue();
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  @Test
  void aServerThatShutsDownTellsItsClients() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.gateway.close();
      assertThat(client.closeCode()).isEqualTo(1001);
    }
  }
}

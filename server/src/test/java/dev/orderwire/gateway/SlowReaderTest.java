package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import io.netty.channel.epoll.Epoll;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class SlowReaderTest {
  private static final int CHANGES = 4_000;
  private static final String TEXT = "x".repeat(4_000);

  /**
   * The most bytes that may be sent while one client does not read: what the kernels of the server
   * and the client buffer for it, and what the other client has. With a limit on the kernel's
   * buffer it was 0.3 MB, without one 3.1 MB; the other client had 0.5 MB.
   */
  private static final long MOST_SENT = Epoll.isAvailable() ? 1_500_000 : 8_000_000;

  /**
   * 16 MB of changes come, and the client reads none of them: the server does not even encode them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "Sec-WebSocket-Protocol: orderwire.v1"})
  void nothingIsQueuedForASlowReaderAndItGetsEverythingOnce(String header) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket slow = RawSocket.connect(gateway.address, 4_096)) {
      if (header.isEmpty()) {
        slow.upgrade("/ws");
      } else {
        slow.upgrade("/ws", header);
        slow.sendFrame(0x81, "{\"type\":\"subscribe\"}".getBytes(StandardCharsets.UTF_8));
      }
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      try (WsClient quick = WsClient.connect(gateway.ws("columns", "id"))) {
        quick.await("subscribed");
        for (int i = 0; i < CHANGES; i++) {
          gateway.append(insert(101 + i, order(i, TEXT, "pending")));
        }
        // A slow reader does not hold up the others.
        for (int i = 0; i < CHANGES; i++) {
          assertThat(quick.nextChange().get("id").longValue()).isEqualTo(101 + i);
        }
      }
      assertThat(gateway.traffic.bytes.get()).isLessThan(MOST_SENT);
      long expected = 101;
      while (expected < 101 + CHANGES) {
        JsonNode message = slow.readMessage();
        if (message.get("type").asString().equals("changes")) {
          for (JsonNode change : message.get("changes")) {
            assertThat(change.get("id").longValue()).isEqualTo(expected++);
          }
        }
      }
      assertThat(gateway.traffic.bytes.get()).isGreaterThan((long) CHANGES * TEXT.length());
    }
  }

  /** Answers are queued, as a client can ask for so many that it may not leave them unread. */
  @Test
  void aClientThatDoesNotReadItsAnswersIsClosed() {
    Map<Limit, Long> limits = Map.of(Limit.UNREAD_BYTES, 100_000L);
    try (FeedGateway gateway = new FeedGateway(limits);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096).upgrade("/ws")) {
      byte[] ping =
          ("{\"type\":\"ping\",\"ref\":\"" + TEXT + "\"}").getBytes(StandardCharsets.UTF_8);
      while (gateway.traffic.closes.isEmpty()) {
        slow.sendFrame(0x81, ping);
      }
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
      assertThat(gateway.traffic.bytes.get()).isLessThan(MOST_SENT);
      assertThat(slow.awaitEnd()).isTrue();
      Await.until("it is gone", () -> gateway.traffic.connections.get() == 0);
    }
  }
}

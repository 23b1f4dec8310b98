package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** How a server sends its clients away. That they lose nothing by it is tested with processes. */
@ExtendWith(FailOnLeak.class)
class DrainTest {
  private static final Duration LONG = Duration.ofDays(1);
  private static final DrainOptions WITHOUT_NOTICE = new DrainOptions(Duration.ZERO, 1_000, LONG);
  private static final String GET_READY = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** A drain in a thread of its own. */
  private static final class Running {
    final AtomicReference<String> outcome = new AtomicReference<>("still runs");
    final Thread thread;

    Running(FeedGateway gateway, DrainOptions how) {
      thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  gateway.gateway.drain(how);
                  outcome.set("done");
                } catch (InterruptedException e) {
                  outcome.set("interrupted");
                }
              });
    }

    void awaitEnd(String expected) {
      Await.until("the drain ends", () -> !thread.isAlive());
      assertThat(outcome).hasValue(expected);
    }
  }

  private static boolean accepts(FeedGateway gateway) {
    InetSocketAddress address = gateway.address;
    try (Socket _ = new Socket(address.getAddress(), address.getPort())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The answer of {@code /health/ready}, on a connection of its own; empty if none can be made. */
  private static String ready(FeedGateway gateway) {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(GET_READY);
      return socket.readAnswer();
    } catch (UncheckedIOException e) {
      return "";
    }
  }

  @Test
  void everyClientIsAskedToReconnectAndThenClosed() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient plain = WsClient.connect(gateway.ws());
        WsClient idle = WsClient.connect(gateway.ws(), "orderwire.v1");
        SseClient events = SseClient.connect(gateway.events());
        RawSocket http = RawSocket.connect(gateway.address)) {
      plain.await("subscribed");
      idle.await("welcome");
      events.await("subscribed");
      assertThat(events.retryMillis()).isEqualTo(2_000);
      http.send(GET_READY);
      assertThat(http.readAnswer()).startsWith("HTTP/1.1 200").doesNotContain("connection: close");

      new Running(gateway, WITHOUT_NOTICE).awaitEnd("done");

      for (WsClient client : List.of(plain, idle)) {
        assertReconnect(client.await("reconnect"));
        assertThat(client.closeCode()).isEqualTo(4503);
      }
      assertReconnect(events.await("reconnect").data());
      assertThat(events.awaitEnd()).isTrue();
      assertThat(events.retryMillis()).isBetween(500, 1_500);
      assertThat(http.awaitEnd()).isTrue();
      assertThat(gateway.traffic.closes).hasSize(3).containsOnly(CloseReason.UNAVAILABLE);
      assertThat(gateway.traffic.connections).hasValue(0);
      assertThat(accepts(gateway)).isFalse();
    }
  }

  private static void assertReconnect(JsonNode message) {
    long afterMillis = message.get("afterMillis").longValue();
    assertThat(message.toString())
        .isEqualTo(
            "{\"type\":\"reconnect\",\"afterMillis\":%d,\"reason\":\"drain\"}"
                .formatted(afterMillis));
    assertThat(afterMillis).isBetween(1L, 1_000L);
  }

  /** A server that stops to listen before it says that it is not ready loses clients. */
  @Test
  void theServerIsNotReadyBeforeItRefusesConnectionsAndServesItsClientsMeanwhile() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws());
        RawSocket kept = RawSocket.connect(gateway.address)) {
      client.await("subscribed");
      kept.send(GET_READY);
      assertThat(kept.readAnswer()).startsWith("HTTP/1.1 200");
      Running drain = new Running(gateway, new DrainOptions(Duration.ofSeconds(2), 1_000, LONG));
      Await.until("it is not ready", () -> ready(gateway).startsWith("HTTP/1.1 503"));

      // A load balancer that has not noticed yet still sends clients.
      try (WsClient late = WsClient.connect(gateway.ws())) {
        late.await("subscribed");
        gateway.append(insert(101, order(1, "Ann", "pending")));
        assertThat(late.nextChange().get("id").longValue()).isEqualTo(101);
        assertThat(client.nextChange().get("id").longValue()).isEqualTo(101);
        kept.send(GET_READY);
        assertThat(kept.readAnswer()).startsWith("HTTP/1.1 503").contains("connection: close");
        assertThat(kept.awaitEnd()).isTrue();

        drain.awaitEnd("done");
        assertThat(late.closeCode()).isEqualTo(4503);
        assertThat(client.closeCode()).isEqualTo(4503);
      }
      assertThat(accepts(gateway)).isFalse();
    }
  }

  @Test
  void nothingIsWaitedForIfNobodyIsThere() {
    try (FeedGateway gateway = new FeedGateway()) {
      new Running(gateway, new DrainOptions(LONG, 1_000, LONG.multipliedBy(2))).awaitEnd("done");
    }
  }

  /** As a second signal does. */
  @Test
  void aLoadBalancerIsGivenNoticeWithoutClientsTooAndAnInterruptEndsTheDrain() {
    try (FeedGateway gateway = new FeedGateway()) {
      assertThat(ready(gateway)).startsWith("HTTP/1.1 200");
      Await.until("that connection is closed", () -> gateway.gateway.connections() == 0);
      Running drain = new Running(gateway, new DrainOptions(LONG, 1_000, LONG.multipliedBy(2)));
      Await.until("it is not ready", () -> ready(gateway).startsWith("HTTP/1.1 503"));
      assertThat(accepts(gateway)).isTrue();
      drain.thread.interrupt();
      drain.awaitEnd("interrupted");
    }
  }

  /** Sends a request that is not answered before a permit of the store is released. */
  private static void askFor(UnavailableStore store, RawSocket http) {
    store.calls.acquireUninterruptibly();
    http.send("GET /api/tables/orders/changes HTTP/1.1\r\nHost: localhost\r\n\r\n");
    Await.until("the store is asked", store.calls::hasQueuedThreads);
  }

  @Test
  void aRequestInFlightIsAnswered() {
    UnavailableStore store = new UnavailableStore();
    try (FeedGateway gateway = withStore(store);
        RawSocket http = RawSocket.connect(gateway.address)) {
      askFor(store, http);
      Running drain = new Running(gateway, WITHOUT_NOTICE);
      Await.until("nobody else can connect", () -> !accepts(gateway));
      store.calls.release();
      assertThat(http.readAnswer())
          .startsWith("HTTP/1.1 503")
          .contains("mysql_unavailable", "connection: close");
      drain.awaitEnd("done");
    }
  }

  @Test
  void aRequestThatIsNeverAnsweredDoesNotHoldUpTheEnd() {
    UnavailableStore store = new UnavailableStore();
    try (FeedGateway gateway = withStore(store);
        RawSocket http = RawSocket.connect(gateway.address)) {
      askFor(store, http);
      new Running(gateway, new DrainOptions(Duration.ZERO, 1_000, Duration.ofSeconds(1)))
          .awaitEnd("done");
      assertThat(gateway.gateway.connections()).isOne();
      store.calls.release();
    }
  }

  private static FeedGateway withStore(UnavailableStore store) {
    return new FeedGateway(
        FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of()), 100_000, store);
  }

  @Test
  void aReaderThatHasStalledDoesNotHoldUpTheEnd() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket _ = RawSocket.connect(gateway.address, 4_096).upgrade("/ws");
        RawSocket stream = RawSocket.connect(gateway.address, 4_096);
        WsClient quick = WsClient.connect(gateway.ws("columns", "id"))) {
      stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Await.until("all are subscribed", () -> gateway.traffic.subscriptions.get() == 3);
      for (int i = 0; i < 2_000; i++) {
        gateway.append(insert(101 + i, order(i, "x".repeat(4_000), "pending")));
      }
      for (int i = 0; i < 2_000; i++) {
        assertThat(quick.nextChange().get("id").longValue()).isEqualTo(101 + i);
      }
      new Running(gateway, WITHOUT_NOTICE).awaitEnd("done");
      assertThat(quick.closeCode()).isEqualTo(4503);
      assertThat(gateway.traffic.connections).hasValue(0);
    }
  }

  @Test
  void clientsComeBackSpreadOverTime() {
    List<WsClient> clients = new ArrayList<>();
    try (FeedGateway gateway = new FeedGateway()) {
      for (int i = 0; i < 30; i++) {
        clients.add(WsClient.connect(gateway.ws()));
      }
      clients.forEach(client -> client.await("subscribed"));
      new Running(gateway, new DrainOptions(Duration.ZERO, 20, LONG)).awaitEnd("done");
      Set<Long> pauses = new HashSet<>();
      for (WsClient client : clients) {
        JsonNode message = client.await("reconnect");
        assertReconnect(message);
        pauses.add(message.get("afterMillis").longValue());
      }
      assertThat(pauses).hasSizeGreaterThan(20);
    } finally {
      clients.forEach(WsClient::close);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // clients, clients a second, milliseconds left, clients a step of 50 ms, jitter in milliseconds
    "0,      1000, 25000, 50,   1",
    "1,      1000, 25000, 50,   1",
    "300,    1000, 25000, 50,   300",
    "10000,  1000, 25000, 50,   1000",
    "50000,  1000, 22000, 171,  1000",
    "50000,  1,    22000, 171,  1000",
    "10,     1,    25000, 1,    1000",
    "50000,  1000, 100,   50000, 33",
    "50000,  1000, 1,     50000, 1",
  })
  void aBatchIsAsLargeAsTheRateOrTheTimeAllows(
      int clients, int perSecond, long leftMillis, int batch, long jitter) {
    Duration left = Duration.ofMillis(leftMillis);
    assertThat(Drain.batch(clients, perSecond, left)).isEqualTo(batch);
    assertThat(Drain.jitter(clients, perSecond, left)).isEqualTo(jitter);
  }
}

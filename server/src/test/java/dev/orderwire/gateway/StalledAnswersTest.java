package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients ask for large answers over HTTP, and do not read them. */
@ExtendWith(FailOnLeak.class)
class StalledAnswersTest {
  private static final String LARGE = "/api/tables/orders/rows?limit=10000";
  private static final String SMALL = "/api/tables/orders/rows?limit=1";
  private static final int ROWS = 6_000;
  private static final String CUSTOMER = "c".repeat(900);

  /** A client behind a proxy, so that each has an address. */
  private record Client(InetSocketAddress server, String address, String name) {
    private String request(String path) {
      return "GET %s HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: %s\r\nAuthorization: Bearer %s\r\n\r\n"
          .formatted(path, address, name);
    }

    String ask(String path) {
      try (RawSocket socket = RawSocket.connect(server)) {
        socket.send(request(path));
        return socket.readAnswer();
      }
    }

    boolean isGiven(String path) {
      return ask(path).startsWith("HTTP/1.1 200");
    }

    /** Whether the answer is a refusal. If there is none soon, the client leaves. */
    boolean isRefused(String path) {
      try (RawSocket socket = RawSocket.connect(server)) {
        socket.send(request(path));
        return socket.isAnswered(Duration.ofSeconds(2))
            && socket.readAnswer().startsWith("HTTP/1.1 429");
      }
    }

    /** Reads the head of the answer only. */
    RawSocket stall(String path) {
      RawSocket socket = RawSocket.connect(server, 4_096);
      socket.send(request(path));
      assertThat(socket.readHead()).startsWith("HTTP/1.1 200");
      return socket;
    }
  }

  private static FeedGateway gateway(Map<Limit, Long> limits) {
    Map<Limit, Long> patient = new HashMap<>(Map.of(Limit.STALL_SECONDS, 600L));
    patient.putAll(limits);
    InMemoryStore store = new InMemoryStore();
    List<Change> orders = new ArrayList<>();
    for (int i = 1; i <= ROWS; i++) {
      orders.add(insert(100 + i, order(i, CUSTOMER, "pending")));
    }
    store.commit(orders);
    Proxies proxies = new Proxies(List.of("127.0.0.1"), Proxies.Header.X_FORWARDED_FOR, false);
    return new FeedGateway(
        FeedGateway.options(patient, proxies), 10, store, store, FeedGateway.byName(), null);
  }

  /** There is one turn. */
  @ParameterizedTest
  @ValueSource(strings = {"rows?limit=10000", "changes?limit=10000&since="})
  void anAnswerThatIsNotReadHoldsNoTurnAtMysql(String path) {
    Map<Limit, Long> limits = Map.of(Limit.TASKS, 1L, Limit.STALL_SECONDS, 600L);
    try (MemoryGateway gateway = new MemoryGateway(10, limits)) {
      String since = path.endsWith("=") ? gateway.position().toString() : "";
      gateway.insert(ROWS, CUSTOMER, "pending");
      Client client = new Client(gateway.address, "198.51.100.1", "Ann");
      try (RawSocket _ = client.stall("/api/tables/orders/" + path + since)) {
        assertThat(client.isGiven(SMALL)).isTrue();
        assertThat(client.isGiven("/api/tables/orders/changes")).isTrue();
        assertThat(client.isGiven(LARGE)).isTrue();
        try (WsClient other =
            WsClient.connect(gateway.ws("snapshot", "true", "where", "{\"id\":1}"))) {
          other.await("snapshot");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"198.51.100.1, Bob", "198.51.100.2, Ann"})
  void anAddressAndAnIdentityHaveSoManyBytesOfAnswersUnread(String address, String name) {
    try (FeedGateway gateway = gateway(Map.of(Limit.CLIENT_UNTAKEN_BYTES, 100_000L))) {
      Client same = new Client(gateway.address, address, name);
      Client other = new Client(gateway.address, "198.51.100.9", "Cid");
      try (RawSocket _ = new Client(gateway.address, "198.51.100.1", "Ann").stall(LARGE)) {
        assertThat(same.ask(LARGE))
            .startsWith("HTTP/1.1 429")
            .contains(
                "over_limit",
                "retry-after: 1",
                "the limit is 100,000 bytes of HTTP answers that one address or one identity");
        assertThat(same.isGiven(SMALL)).as("a small answer").isTrue();
        assertThat(other.isGiven(LARGE)).as("others have their share").isTrue();
        assertThat(gateway.traffic.overLimits).containsExactly(Limit.CLIENT_UNTAKEN_BYTES);
      }
      Await.until("the bytes are given back", () -> same.isGiven(LARGE));
    }
  }

  @Test
  void allClientsTogetherHaveSoManyBytesOfAnswersUnread() {
    try (FeedGateway gateway = gateway(Map.of(Limit.UNTAKEN_BYTES, 100_000L))) {
      Client other = new Client(gateway.address, "198.51.100.2", "Bob");
      try (RawSocket _ = new Client(gateway.address, "198.51.100.1", "Ann").stall(LARGE)) {
        assertThat(other.ask(LARGE))
            .startsWith("HTTP/1.1 429")
            .contains("the limit is 100,000 bytes of HTTP answers that their clients");
        assertThat(other.isGiven(SMALL)).as("a small answer").isTrue();
        assertThat(gateway.traffic.overLimits).containsExactly(Limit.UNTAKEN_BYTES);
      }
      Await.until("the bytes are given back", () -> other.isGiven(LARGE));
    }
  }

  @Test
  void aClientThatStallsForTooLongIsClosedAndItsBytesAreGivenBack() {
    Map<Limit, Long> limits = Map.of(Limit.CLIENT_UNTAKEN_BYTES, 1L, Limit.STALL_SECONDS, 1L);
    try (FeedGateway gateway = gateway(limits)) {
      Client client = new Client(gateway.address, "198.51.100.1", "Ann");
      try (RawSocket _ = client.stall(LARGE)) {
        Await.until("the bytes are given back", () -> client.isGiven(LARGE));
      }
    }
  }

  /** They leave while another client has the only turn. */
  @Test
  void nothingIsReadForClientsThatHaveLeftBeforeTheirTurn() {
    Map<Limit, Long> limits = Map.of(Limit.TASKS, 1L, Limit.SNAPSHOTS, 1L, Limit.WAITING_TASKS, 3L);
    try (MemoryGateway gateway = new MemoryGateway(10, limits)) {
      gateway.insert(2, CUSTOMER, "pending");
      gateway.store.reads.acquireUninterruptibly();
      Client client = new Client(gateway.address, "198.51.100.1", "Ann");
      try (RawSocket first = RawSocket.connect(gateway.address);
          RawSocket second = RawSocket.connect(gateway.address)) {
        first.send(client.request(SMALL));
        Await.until("the first is being read", () -> gateway.store.rowReads.get() == 1);
        WsClient third = WsClient.connect(gateway.ws(), "orderwire.v1");
        third.send("{\"type\":\"subscribe\",\"snapshot\":true}");
        second.send(client.request(LARGE));
        Await.until("no more can wait", () -> client.isRefused(SMALL));
        second.leave();
        third.close();
        Await.until("it has left", () -> gateway.traffic.connections.get() == 0);
        gateway.store.reads.release();
        assertThat(first.readAnswer()).startsWith("HTTP/1.1 200");
      }
      Await.until("all turns are free", () -> client.isGiven(SMALL));
      assertThat(gateway.store.rowReads).as("the first and the last").hasValue(2);
    }
  }
}

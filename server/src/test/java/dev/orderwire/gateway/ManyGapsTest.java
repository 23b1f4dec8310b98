package dev.orderwire.gateway;

import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Clients reconnect while many transactions are open. Their positions carry all the gaps. */
@ExtendWith(FailOnLeak.class)
class ManyGapsTest {
  private static final int TRANSACTIONS = 40;
  private static final int INSERTS = 400;

  /** Transactions that stay open; their changes lie between those of another session. */
  private static final class OpenTransactions implements AutoCloseable {
    private final List<Connection> open = new ArrayList<>();
    private final OrdersGateway gateway;
    private final Random random = new Random(3);

    OpenTransactions(OrdersGateway gateway) throws SQLException {
      this.gateway = gateway;
      for (int i = 0; i < TRANSACTIONS; i++) {
        Connection connection = gateway.database.connect();
        open.add(connection);
        connection.setAutoCommit(false);
      }
    }

    void write() throws SQLException {
      try (Connection committed = gateway.database.connect()) {
        for (int i = 0; i < INSERTS; i++) {
          insert(open.get(random.nextInt(open.size())));
          for (int others = 1 + random.nextInt(3); others > 0; others--) {
            insert(committed);
          }
        }
      }
      gateway.awaitAll();
    }

    private static void insert(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO orders (customer) VALUES ('Ann')");
      }
    }

    void commit(int transactions) throws SQLException {
      for (int i = 0; i < transactions; i++) {
        try (Connection connection = open.removeLast()) {
          connection.commit();
        }
      }
      gateway.insert(5);
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  /** Receives until the client has all committed changes; returns its position. */
  private static String receive(
      OrdersGateway gateway, Supplier<JsonNode> messages, List<Long> received) {
    List<Long> committed = gateway.ids();
    while (true) {
      JsonNode message = messages.get();
      received.addAll(ids(message));
      if (!message.has("more") && received.containsAll(committed)) {
        return message.get("position").asString();
      }
    }
  }

  private static void assertWhole(OrdersGateway gateway, String position) {
    assertThat(Position.parse(position)).isEqualTo(gateway.position());
    assertThat(Position.isAbridged(position)).isFalse();
  }

  /** What they missed comes from the change log, or from the feed. */
  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void noChangeComesTwiceToClientsThatReconnect(int feedChanges) throws SQLException {
    try (OrdersGateway gateway = new OrdersGateway(feedChanges, Map.of());
        OpenTransactions transactions = new OpenTransactions(gateway)) {
      List<Long> byWebSocket = new ArrayList<>();
      List<Long> byEvents = new ArrayList<>();
      String start = gateway.position().toString();
      transactions.write();
      assertThat(gateway.position().gaps().ranges().size()).isGreaterThan(INSERTS / 2);
      String since = start;
      String lastEventId = start;
      for (int left = TRANSACTIONS; left >= 0; left -= 10) {
        try (WsClient client = WsClient.connect(gateway.ws("since", since));
            SseClient events =
                SseClient.connect(gateway.uri("http", "/events"), "Last-Event-ID", lastEventId)) {
          since = receive(gateway, () -> client.await("changes"), byWebSocket);
          lastEventId = receive(gateway, () -> events.await("changes").data(), byEvents);
        }
        assertWhole(gateway, since);
        assertWhole(gateway, lastEventId);
        if (left > 0) {
          transactions.commit(10);
        }
      }
      assertThat(byWebSocket).doesNotHaveDuplicates().hasSameElementsAs(gateway.ids());
      assertThat(byEvents).doesNotHaveDuplicates().hasSameElementsAs(gateway.ids());
      assertThat(gateway.traffic.snapshots).hasValue(0);
    }
  }
}

package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.RawSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Transactions move money between accounts: every state that a client shows has the same sum. */
@ExtendWith(FailOnLeak.class)
class TransfersTest {
  private static final int ACCOUNTS = 20;
  private static final int EACH = 1_000;
  private static final int BULK = 500_000;

  /** The rows that a client shows; checks that they are a state of the database. */
  private static final class Accounts {
    private final Map<Integer, Integer> amounts = new HashMap<>();
    private long sum;
    private int states;
    private boolean isWhole;
    private String position = "";
    private int last;

    void take(JsonNode message) {
      message.path("rows").forEach(row -> put(row.get("id").intValue(), row));
      for (JsonNode change : message.path("changes")) {
        int id = change.get("key").get("id").intValue();
        // Every row in turn is where it was said to be.
        assertThat(change.get("op").asString())
            .isEqualTo(amounts.containsKey(id) ? "update" : "insert");
        put(id, change.get("row"));
      }
      if (message.has("position")) {
        position = message.get("position").asString();
      }
      switch (message.get("type").asString()) {
        case "snapshot" -> state(message.get("done").booleanValue());
        case "changes" -> state(!message.has("more"));
        default -> {}
      }
    }

    private void put(int id, JsonNode row) {
      int amount = Integer.parseInt(row.get("customer").asString());
      Integer before = amounts.put(id, amount);
      sum += amount - (before == null ? 0 : before);
      last = Math.max(last, id);
    }

    private void state(boolean whole) {
      isWhole = whole;
      if (whole) {
        states++;
        assertThat(sum).isEqualTo((long) ACCOUNTS * EACH);
      }
    }
  }

  /** Until it shows the order with that id, and a whole state. */
  private static void follow(RawSocket client, Accounts accounts, int order) {
    while (accounts.last < order || !accounts.isWhole) {
      accounts.take(client.readMessage());
    }
  }

  private static void open(OrdersGateway gateway) {
    for (int id = 1; id <= ACCOUNTS; id++) {
      gateway.database.execute(
          "INSERT INTO orders (id, customer) VALUES (" + id + ", " + EACH + ")");
    }
    gateway.awaitAll();
  }

  /** Four threads that write until they are stopped; then an order of value 0 is inserted. */
  private static final class Writers {
    private final OrdersGateway gateway;
    private final AtomicBoolean enough = new AtomicBoolean();
    private final List<FutureTask<Boolean>> writers = new ArrayList<>();

    Writers(OrdersGateway gateway) {
      this.gateway = gateway;
      for (int writer = 0; writer < 4; writer++) {
        Random random = new Random(writer);
        FutureTask<Boolean> writing = new FutureTask<>(() -> write(random));
        writers.add(writing);
        Thread.ofVirtual().start(writing);
      }
    }

    private boolean write(Random random) throws SQLException {
      try (Connection connection = gateway.database.connect();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        while (!enough.get()) {
          try {
            transfer(statement, random);
            if (random.nextInt(8) == 0) {
              connection.rollback();
            } else {
              connection.commit();
            }
          } catch (SQLTransactionRollbackException deadlock) {
            connection.rollback();
          }
        }
        return true;
      }
    }

    /** Round by two or three accounts, a statement each. */
    private static void transfer(Statement statement, Random random) throws SQLException {
      int left = 0;
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        int amount = random.nextInt(100) - 50;
        left -= amount;
        add(statement, amount, random);
      }
      add(statement, left, random);
    }

    private static void add(Statement statement, int amount, Random random) throws SQLException {
      statement.execute(
          "UPDATE orders SET customer = customer + "
              + amount
              + " WHERE id = "
              + (1 + random.nextInt(ACCOUNTS)));
    }

    void end(int order) throws Exception {
      enough.set(true);
      for (FutureTask<Boolean> writer : writers) {
        assertThat(writer.get()).isTrue();
      }
      gateway.database.execute("INSERT INTO orders (id, customer) VALUES (" + order + ", 0)");
    }
  }

  @Test
  void everyStateIsConsistentLiveAndAfterAResume() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(300, Map.of(Limit.PAGE_CHANGES, 50L))) {
      open(gateway);
      // So few gaps at a time that a position's text holds them all: beyond that changes come
      // again.
      Writers writers = new Writers(gateway);
      Accounts live = new Accounts();
      Accounts resuming = new Accounts();
      try (RawSocket client = RawSocket.connect(gateway.address).upgrade("/ws?snapshot=true")) {
        String path = "/ws?snapshot=true";
        for (int away = 0; away < 15; away++) {
          try (RawSocket comes = RawSocket.connect(gateway.address).upgrade(path)) {
            int states = resuming.states;
            while (resuming.states < states + 3 || (away % 2 == 0 && resuming.isWhole)) {
              resuming.take(comes.readMessage());
              if (resuming.states > states + 30) {
                break;
              }
            }
          }
          path = "/ws?since=" + resuming.position;
          // Longer than the feed remembers, each other time.
          for (int i = live.states + (away % 3 == 0 ? 200 : 1); live.states < i; ) {
            live.take(client.readMessage());
          }
        }
        writers.end(1_000);
        follow(client, live, 1_000);
        try (RawSocket comes = RawSocket.connect(gateway.address).upgrade(path)) {
          follow(comes, resuming, 1_000);
        }
      }
      assertThat(resuming.amounts).isEqualTo(live.amounts);
      assertThat(gateway.traffic.replays.get()).isPositive();
      assertThat(gateway.traffic.snapshots).hasValue(2);
    }
  }

  /** The feed holds little of it: it arrives in parts, or from the log in pages. */
  @Test
  void everyStateIsConsistentAroundAVeryLargeTransaction() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(5_000, Map.of())) {
      open(gateway);
      String before = gateway.position().toString();
      Accounts live = new Accounts();
      Accounts late = new Accounts();
      try (RawSocket client = RawSocket.connect(gateway.address).upgrade("/ws?snapshot=true")) {
        live.take(client.readMessage());
        Writers writers = new Writers(gateway);
        FutureTask<Boolean> bulk =
            new FutureTask<>(() -> {
              gateway.database.execute(
                  "INSERT INTO orders (id, customer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                      + " SELECT i + 1 FROM n WHERE i < "
                      + BULK
                      + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ i + 1000,"
                      + " IF(i % 2, 7, -7) FROM n");
              writers.end(1_000_000);
              return true;
            });
        Thread.ofVirtual().start(bulk);
        follow(client, live, 1_000_000);
        assertThat(bulk.get()).isTrue();
      }
      open(late);
      try (RawSocket client = RawSocket.connect(gateway.address).upgrade("/ws?since=" + before)) {
        follow(client, late, 1_000_000);
      }
      assertThat(live.amounts).hasSize(ACCOUNTS + BULK + 1).isEqualTo(late.amounts);
      // All that was missed is one moment.
      assertThat(late.states).isLessThan(live.states);
    }
  }

  private static void open(Accounts accounts) {
    for (int id = 1; id <= ACCOUNTS; id++) {
      accounts.amounts.put(id, EACH);
      accounts.sum += EACH;
    }
  }
}

package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.cli.client.Follower;
import dev.orderwire.cli.client.Subscription;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A MySQL with orders that change all the time, and clients that follow them. */
final class BusyShop implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** A client, until the end of the test interrupts it. */
  interface Client {
    void run() throws InterruptedException;
  }

  private final EmbeddedMysql mysql;
  private final TestDatabase database;
  private final List<Thread> clients = new ArrayList<>();
  private final List<List<Long>> received = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean written = new AtomicBoolean();
  private @Nullable Thread writer;

  /**
   * Starts it.
   *
   * @param data an empty folder for MySQL
   */
  BusyShop(Path data) {
    mysql = EmbeddedMysql.start(data, 0, List.of());
    database = TestDatabase.create(mysql, "shop");
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, status VARCHAR(40))");
  }

  TestDatabase database() {
    return database;
  }

  /** Starts a command of the server for this shop. */
  OrderwireProcess start(Path home, String command, int port, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.putAll(environment(port));
    return OrderwireProcess.start(OrderwireProcess.launcher(), home, environment, command);
  }

  /** The variables of a server for this shop. */
  Map<String, String> environment(int port) {
    return Map.of(
        "MYSQL_URL",
        "mysql://%s:%s@127.0.0.1:%d/shop".formatted(mysql.user(), mysql.password(), mysql.port()),
        "ORDERWIRE_SERVER_PORT",
        "" + port);
  }

  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  /** A new client: the list takes the ids of the changes that it receives. */
  List<Long> newClient() {
    List<Long> ids = new CopyOnWriteArrayList<>();
    received.add(ids);
    return ids;
  }

  void inBackground(Client client) {
    clients.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                client.run();
              } catch (InterruptedException e) {
                // The end of the test.
              } catch (Throwable e) {
                failure.compareAndSet(null, e);
              }
            }));
  }

  /** The client of {@code tail}. */
  static void follow(URI websocket, String since, List<Long> ids) throws InterruptedException {
    follow(websocket, null, since, ids);
  }

  /**
   * The client of {@code tail}.
   *
   * @param authorities as for {@code --ca}; null for none
   */
  static void follow(URI websocket, @Nullable Path authorities, String since, List<Long> ids)
      throws InterruptedException {
    try (Follower follower =
        new Follower(
            websocket,
            authorities,
            new Subscription("orders", null, false, since),
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
            line -> ids.add(JSON.readTree(line).get("id").longValue()),
            _ -> {})) {
      follower.run();
    }
  }

  /** As a browser's {@code EventSource}: it comes back after each end, with the last id. */
  static void listen(HttpClient http, URI events, String since, List<Long> ids)
      throws InterruptedException {
    URI first = URI.create(events + "?since=" + since);
    String last = null;
    while (true) {
      int pause = 0;
      try (SseClient stream =
          last == null
              ? SseClient.connect(http, first)
              : SseClient.connect(http, events, "Last-Event-ID", last)) {
        // An EventSource does not come back after another status.
        assertThat(stream.status()).isEqualTo(200);
        boolean ended = false;
        while (!ended) {
          // Asked first: what arrived before the end is taken, too.
          ended = stream.hasEnded();
          for (SseClient.Event event : stream.arrived()) {
            last = event.lastEventId() == null ? last : event.lastEventId();
            for (JsonNode change : event.data().path("changes")) {
              ids.add(change.get("id").longValue());
            }
          }
          Thread.sleep(5);
        }
        pause = stream.retryMillis();
      } catch (UncheckedIOException e) {
        throw new AssertionError("a stream could not connect again", e);
      }
      Thread.sleep(pause);
    }
  }

  /** Changes orders until {@link #stopWriting}, so that some hundred of them are there. */
  void startWriting() {
    writer = Thread.ofPlatform().start(this::write);
  }

  private void write() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 1; !written.get(); i++) {
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO orders (status) VALUES ('new'), ('new')");
        statement.execute("UPDATE orders SET status = 'paid " + i + "' ORDER BY id DESC LIMIT 3");
        statement.execute("DELETE FROM orders WHERE id <= " + (2 * i - 100));
        connection.commit();
        Thread.sleep(10);
      }
    } catch (SQLException | InterruptedException e) {
      failure.compareAndSet(null, e);
    }
  }

  void stopWriting() throws InterruptedException {
    written.set(true);
    if (writer != null) {
      writer.join();
    }
  }

  private boolean hasFailed() {
    return failure.get() != null;
  }

  /** Waits until each client has received more. */
  void awaitMoreChanges() {
    List<Integer> before = received.stream().map(List::size).toList();
    for (int i = 0; i < before.size(); i++) {
      int client = i;
      Await.until(
          "changes arrive at client " + client,
          () -> received.get(client).size() > before.get(client) + 5 || hasFailed());
    }
    assertThat(failure.get()).isNull();
  }

  /** Waits until each client has received each change, and checks that it has each once. */
  void assertAllReceived() {
    List<Long> ids =
        database.query("SELECT id FROM orderwire_change_log WHERE table_name = 'orders'").stream()
            .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
            .toList();
    assertThat(ids).hasSizeGreaterThan(100);
    for (List<Long> each : received) {
      Await.until("a client has all changes", () -> each.size() >= ids.size() || hasFailed());
      assertThat(failure.get()).isNull();
      assertThat(each).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  @Override
  public void close() {
    written.set(true);
    clients.forEach(Thread::interrupt);
    mysql.close();
  }
}

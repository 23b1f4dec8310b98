package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandsWithDemoTest {
  private static final JsonMapper JSON = new JsonMapper();

  private Path home;
  private Demo demo;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = folder;
    demo = Demo.start(home);
  }

  @AfterAll
  void end() {
    demo.close();
  }

  @Test
  void aWriteBySqlArrivesOverWebSocketEventsAndTail() {
    try (WsClient socket = WsClient.connect(demo.websocket());
        SseClient events = SseClient.connect(demo.http("/events"))) {
      String since = socket.await("subscribed").get("position").asString();
      events.await("subscribed");
      try (OrderwireProcess tail = OrderwireProcess.start(home, "tail", "--since", since)) {
        assertThat(
                OrderwireProcess.run(
                    home,
                    "sql",
                    "INSERT INTO orders (customer_name, product_name, status) VALUES ('John Doe', 'Laptop', 'pending')"))
            .isEqualTo("1 row affected");
        JsonNode insert = socket.nextChange();
        String id = insert.at("/key/id").asString();
        OrderwireProcess.run(home, "sql", "UPDATE orders SET status = 'shipped' WHERE id = " + id);
        JsonNode update = socket.nextChange();

        assertThat(insert.get("op").asString()).isEqualTo("insert");
        assertThat(insert.at("/row/customer_name").asString()).isEqualTo("John Doe");
        assertThat(insert.at("/old").isNull()).isTrue();
        assertThat(update.get("op").asString()).isEqualTo("update");
        assertThat(update.at("/row/status").asString()).isEqualTo("shipped");
        assertThat(update.at("/old/status").asString()).isEqualTo("pending");
        assertThat(update.get("actor").asString()).startsWith("orderwire@");
        assertThat(events.await("changes").data().at("/changes/0")).isEqualTo(insert);
        assertThat(events.await("changes").data().at("/changes/0")).isEqualTo(update);
        assertThat(JSON.readTree(tail.nextLine())).isEqualTo(insert);
        assertThat(JSON.readTree(tail.nextLine())).isEqualTo(update);
      }
    }
  }

  @Test
  void tailResumesFromThePositionItPrinted() {
    sql("INSERT INTO orders (customer_name, product_name) VALUES ('first', 'x')");
    OrderwireProcess tail =
        OrderwireProcess.start(home, "tail", "orders", "--snapshot", "--where", where("first"));
    JsonNode row = JSON.readTree(tail.nextLine());
    sql("UPDATE orders SET quantity = 2 WHERE customer_name = 'first'");
    JsonNode change = JSON.readTree(tail.nextLine());
    assertThat(tail.terminate().exitCode()).isZero();
    assertThat(tail.err()).startsWith("position ");
    sql("UPDATE orders SET quantity = 3 WHERE customer_name = 'first'");

    assertThat(row.get("snapshot").asBoolean()).isTrue();
    assertThat(row.get("op").asString()).isEqualTo("insert");
    assertThat(row.at("/row/customer_name").asString()).isEqualTo("first");
    assertThat(change.has("snapshot")).isFalse();
    assertThat(change.at("/row/quantity").asInt()).isEqualTo(2);
    String position = tail.err().substring("position ".length());
    try (OrderwireProcess resumed =
        OrderwireProcess.start(home, "tail", "--since", position, "--where", where("first"))) {
      assertThat(JSON.readTree(resumed.nextLine()).at("/row/quantity").asInt()).isEqualTo(3);
    }
  }

  @Test
  void tailReportsTheServersError() {
    OrderwireProcess tail = OrderwireProcess.start(home, "tail", "nowhere");

    assertThat(tail.exitCode()).isOne();
    assertThat(tail.out()).isEmpty();
    assertThat(tail.err()).contains("nowhere");
  }

  @Test
  void serveRunsOnTheConfiguredMysqlAndEndsOnSigterm() {
    OrderwireProcess serve =
        OrderwireProcess.start(
            OrderwireProcess.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_SERVER_PORT", "0"),
            "serve");

    String websocket = serve.nextLine();
    assertThat(websocket).matches("websocket ws://127\\.0\\.0\\.1:\\d+/ws");
    assertThat(serve.nextLine()).matches("dashboard http://127\\.0\\.0\\.1:\\d+/client");
    assertThat(serve.nextLine()).isEqualTo("ready");
    try (WsClient socket = WsClient.connect(URI.create(websocket.split(" ", -1)[1]))) {
      socket.await("subscribed");
      assertThat(serve.terminate().exitCode()).isZero();
      assertThat(socket.closeCode()).isEqualTo(4503);
    }
    assertThat(serve.out()).isEmpty();
  }

  @Test
  void serveListensBeyondLoopbackOnlyIfAuthModeIsSet() {
    OrderwireProcess serve =
        OrderwireProcess.start(
            OrderwireProcess.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_SERVER_HOST", "0.0.0.0"),
            "serve");

    assertThat(serve.exitCode()).isOne();
    assertThat(serve.out()).isEmpty();
    assertThat(serve.err()).contains("ORDERWIRE_AUTH_MODE=none");
  }

  @Test
  void doctorExitsWith0IfAllIsWellAndWith1IfNot() {
    Map<String, String> mysql = Map.of("MYSQL_URL", demo.mysql());
    OrderwireProcess healthy =
        OrderwireProcess.start(OrderwireProcess.launcher(), home, mysql, "doctor");
    assertThat(healthy.exitCode()).isZero();
    assertThat(healthy.out()).doesNotContain("PROBLEM").contains("orders");

    OrderwireProcess broken =
        OrderwireProcess.start(
            OrderwireProcess.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_TABLES", "nowhere"),
            "doctor");
    assertThat(broken.exitCode()).isOne();
    assertThat(broken.out()).contains("PROBLEM  table nowhere");
  }

  @Test
  void theLauncherWorksThroughASymlinkAndPassesArgumentsUnchanged(@TempDir Path folder)
      throws IOException {
    Path link = Files.createDirectory(folder.resolve("a b")).resolve("wire it");
    Files.createSymbolicLink(link, OrderwireProcess.launcher());
    String odd = "$HOME `id` * \"q\" ü 漢\t";

    OrderwireProcess sql =
        OrderwireProcess.start(
            link, home, Map.of("LC_ALL", "C"), "sql", "SELECT '%s' AS x".formatted(odd));

    assertThat(sql.exitCode()).isZero();
    assertThat(sql.out()).contains("\n" + odd.replace("\t", "\\t") + "\n");
    // Everything is built already, so the launcher prints nothing.
    assertThat(sql.err()).isEmpty();
    Files.delete(link);
  }

  private void sql(String statement) {
    OrderwireProcess.run(home, "sql", statement);
  }

  private static String where(String customer) {
    return "{\"customer_name\":\"%s\"}".formatted(customer);
  }
}

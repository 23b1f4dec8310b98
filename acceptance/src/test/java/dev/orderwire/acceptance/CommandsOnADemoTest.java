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
final class CommandsOnADemoTest {
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
  void whatSqlWritesArrivesByWebSocketEventsAndTail() {
    try (WsClient socket = WsClient.connect(demo.websocket());
        SseClient events = SseClient.connect(demo.http("/events"))) {
      String since = socket.await("subscribed").get("position").asString();
      events.await("subscribed");
      try (Launched tail = Launched.start(home, "tail", "--since", since)) {
        assertThat(
                Launched.run(
                    home,
                    "sql",
                    "INSERT INTO orders (customer_name, product_name, status) VALUES ('John Doe', 'Laptop', 'pending')"))
            .isEqualTo("1 row affected");
        JsonNode insert = socket.nextChange();
        String id = insert.at("/key/id").asString();
        Launched.run(home, "sql", "UPDATE orders SET status = 'shipped' WHERE id = " + id);
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
        assertThat(JSON.readTree(tail.line())).isEqualTo(insert);
        assertThat(JSON.readTree(tail.line())).isEqualTo(update);
      }
    }
  }

  @Test
  void tailGoesOnWhereItEnded() {
    sql("INSERT INTO orders (customer_name, product_name) VALUES ('first', 'x')");
    Launched tail = Launched.start(home, "tail", "orders", "--snapshot", "--where", where("first"));
    JsonNode row = JSON.readTree(tail.line());
    sql("UPDATE orders SET quantity = 2 WHERE customer_name = 'first'");
    JsonNode change = JSON.readTree(tail.line());
    assertThat(tail.terminate().exitCode()).isZero();
    assertThat(tail.err()).startsWith("position ");
    sql("UPDATE orders SET quantity = 3 WHERE customer_name = 'first'");

    assertThat(row.get("snapshot").asBoolean()).isTrue();
    assertThat(row.get("op").asString()).isEqualTo("insert");
    assertThat(row.at("/row/customer_name").asString()).isEqualTo("first");
    assertThat(change.has("snapshot")).isFalse();
    assertThat(change.at("/row/quantity").asInt()).isEqualTo(2);
    String position = tail.err().substring("position ".length());
    try (Launched again =
        Launched.start(home, "tail", "--since", position, "--where", where("first"))) {
      assertThat(JSON.readTree(again.line()).at("/row/quantity").asInt()).isEqualTo(3);
    }
  }

  @Test
  void tailPassesOnWhatTheServerRefuses() {
    Launched tail = Launched.start(home, "tail", "nowhere");

    assertThat(tail.exitCode()).isOne();
    assertThat(tail.out()).isEmpty();
    assertThat(tail.err()).contains("nowhere");
  }

  @Test
  void serveRunsOnAMysqlOfTheUsersAndEndsOnSigterm() {
    Launched serve =
        Launched.start(
            Launched.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_SERVER_PORT", "0"),
            "serve");

    String websocket = serve.line();
    assertThat(websocket).matches("websocket ws://127\\.0\\.0\\.1:\\d+/ws");
    assertThat(serve.line()).matches("dashboard http://127\\.0\\.0\\.1:\\d+/client");
    assertThat(serve.line()).isEqualTo("ready");
    try (WsClient socket = WsClient.connect(URI.create(websocket.split(" ", -1)[1]))) {
      socket.await("subscribed");
      assertThat(serve.terminate().exitCode()).isZero();
      assertThat(socket.closeCode()).isEqualTo(1001);
    }
    assertThat(serve.out()).isEmpty();
  }

  @Test
  void serveRefusesToListenToTheWorldByAccident() {
    Launched serve =
        Launched.start(
            Launched.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_SERVER_HOST", "0.0.0.0"),
            "serve");

    assertThat(serve.exitCode()).isOne();
    assertThat(serve.out()).isEmpty();
    assertThat(serve.err()).contains("ORDERWIRE_AUTH_MODE=none");
  }

  @Test
  void doctorIsZeroWhereAllIsWellAndOneWhereNot() {
    Map<String, String> mysql = Map.of("MYSQL_URL", demo.mysql());
    Launched well = Launched.start(Launched.launcher(), home, mysql, "doctor");
    assertThat(well.exitCode()).isZero();
    assertThat(well.out()).doesNotContain("PROBLEM").contains("orders");

    Launched ill =
        Launched.start(
            Launched.launcher(),
            home,
            Map.of("MYSQL_URL", demo.mysql(), "ORDERWIRE_TABLES", "nowhere"),
            "doctor");
    assertThat(ill.exitCode()).isOne();
    assertThat(ill.out()).contains("PROBLEM  table nowhere");
  }

  @Test
  void theLauncherWorksFromAnywhereAndPassesArgumentsOnAsTheyAre(@TempDir Path folder)
      throws IOException {
    Path link = Files.createDirectory(folder.resolve("a b")).resolve("wire it");
    Files.createSymbolicLink(link, Launched.launcher());
    String odd = "$HOME `id` * \"q\" ü 漢\t";

    Launched sql =
        Launched.start(link, home, Map.of("LC_ALL", "C"), "sql", "SELECT '%s' AS x".formatted(odd));

    assertThat(sql.exitCode()).isZero();
    assertThat(sql.out()).contains("\n" + odd.replace("\t", "\\t") + "\n");
    // What is built is built: nothing is said, as nothing was done.
    assertThat(sql.err()).isEmpty();
    Files.delete(link);
  }

  private void sql(String statement) {
    Launched.run(home, "sql", statement);
  }

  private static String where(String customer) {
    return "{\"customer_name\":\"%s\"}".formatted(customer);
  }
}

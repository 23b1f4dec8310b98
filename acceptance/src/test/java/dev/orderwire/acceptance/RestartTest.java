package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are ended by SIGTERM, as processes, with everything that they have by default. */
final class RestartTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int FOLLOWERS = 12;
  private static final int STREAMS = 6;

  @TempDir private Path home;
  @TempDir private Path data;
  private BusyShop shop;

  @BeforeEach
  void start() {
    shop = new BusyShop(data);
  }

  @AfterEach
  void end() {
    shop.close();
  }

  private OrderwireProcess serve(int port, Map<String, String> more) {
    return shop.start(home, "serve", port, more);
  }

  /** Returns the address of its WebSocket. */
  private static URI awaitReady(OrderwireProcess server) {
    String websocket = server.nextLine();
    assertThat(websocket).startsWith("websocket ");
    assertThat(server.nextLine()).startsWith("dashboard ");
    assertThat(server.nextLine()).isEqualTo("ready");
    return URI.create(websocket.substring("websocket ".length()));
  }

  @Test
  void aRollingRestartUnderLoadLosesNothingAndRepeatsNothing() throws Exception {
    List<Integer> ports = BusyShop.freePorts(2);
    List<OrderwireProcess> servers = new ArrayList<>();
    try {
      for (int port : ports) {
        OrderwireProcess server = serve(port, Map.of());
        servers.add(server);
        awaitReady(server);
      }
      try (LoadBalancer balancer = new LoadBalancer(ports);
          Chromium chromium = Chromium.start()) {
        URI websocket = URI.create("ws://127.0.0.1:%d/ws".formatted(balancer.port()));
        URI events = URI.create("http://127.0.0.1:%d/events".formatted(balancer.port()));
        String since;
        try (WsClient first = WsClient.connect(websocket)) {
          since = first.await("subscribed").get("position").asString();
        }
        for (int i = 0; i < FOLLOWERS; i++) {
          List<Long> ids = shop.newClient();
          shop.inBackground(() -> BusyShop.follow(websocket, since, ids));
        }
        for (int i = 0; i < STREAMS; i++) {
          List<Long> ids = shop.newClient();
          shop.inBackground(() -> BusyShop.listen(HTTP, events, since, ids));
        }
        try (Screen screen =
            chromium
                .open(URI.create("http://127.0.0.1:%d/client".formatted(balancer.port())))
                .awaitState("Live")) {
          shop.startWriting();
          for (int i = 0; i < ports.size(); i++) {
            shop.awaitMoreChanges();
            assertThat(servers.get(i).terminate().exitCode()).isZero();
            assertThat(servers.get(i).err()).contains("draining").doesNotContain("ERROR", "WARN");
            shop.awaitMoreChanges();
            servers.set(i, serve(ports.get(i), Map.of()));
            awaitReady(servers.get(i));
          }
          shop.awaitMoreChanges();
          shop.stopWriting();
          shop.assertAllReceived();
          Map<String, List<String>> table = new HashMap<>();
          shop.database()
              .query("SELECT id, status FROM orders")
              .forEach(row -> table.put(String.valueOf(row.get(0)), texts(row)));
          assertThat(screen.page().locator("#row-count")).hasText(String.valueOf(table.size()));
          assertThat(screen.table(table.size())).isEqualTo(table);
          assertThat(screen.loads()).isEqualTo(1);
          // No attempt to connect has failed.
          assertThat(screen.problems()).isEmpty();
          assertThat(balancer.refusals()).isEmpty();
        }
      }
    } finally {
      servers.forEach(OrderwireProcess::close);
    }
  }

  private static List<String> texts(List<?> row) {
    return row.stream().map(String::valueOf).toList();
  }

  @Test
  void aSecondSigtermEndsTheServerAtOnce() {
    Map<String, String> patient =
        Map.of(
            "ORDERWIRE_SERVER_DRAIN_NOTICE_SECONDS",
            "3000",
            "ORDERWIRE_SERVER_DRAIN_LIMIT_SECONDS",
            "6000");
    try (OrderwireProcess server = serve(0, patient);
        WsClient client = WsClient.connect(awaitReady(server))) {
      client.await("subscribed");
      server.terminate();
      Await.until("it drains", () -> server.err().contains("draining"));
      shop.database().execute("INSERT INTO orders (status) VALUES ('still delivered')");
      assertThat(client.nextChange().at("/row/status").asString()).isEqualTo("still delivered");

      assertThat(server.terminate().exitCode()).isOne();
    }
  }
}

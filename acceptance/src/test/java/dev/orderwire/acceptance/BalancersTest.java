package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import dev.orderwire.acceptance.RealBalancer.Kind;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.TestAuthority;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HAProxy and nginx in front of servers, with the files of {@code deploy} as they stand. */
final class BalancersTest {
  private static final int FOLLOWERS = 6;
  private static final int STREAMS = 3;

  /** Changes that one subscriber sees through the balancer. */
  private static final List<String> ORDERS = List.of("first", "second", "third");

  /** Of a client that wants to be somebody else. */
  private static final String EVENTS =
      "GET /events HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1"
          + "\r\nForwarded: for=192.0.2.1\r\n\r\n";

  @TempDir private Path home;
  @TempDir private Path data;
  @TempDir private Path folder;
  private final List<OrderwireProcess> servers = new ArrayList<>();
  private BusyShop shop;
  private TestAuthority authority;
  private HttpClient http;

  @BeforeEach
  void start() {
    authority = new TestAuthority(folder, "authority");
    http = HttpClient.newBuilder().sslContext(authority.trusted()).build();
    shop = new BusyShop(data);
  }

  @AfterEach
  void end() {
    http.shutdownNow();
    servers.forEach(OrderwireProcess::killAll);
    shop.close();
  }

  private OrderwireProcess serve(Kind kind, int port, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(kind.ofServers(authority));
    settings.putAll(more);
    OrderwireProcess server = shop.start(home, "serve", port, settings);
    assertThat(server.nextLine()).startsWith("websocket ");
    assertThat(server.nextLine()).startsWith("dashboard ");
    assertThat(server.nextLine()).isEqualTo("ready");
    return server;
  }

  private static URI uri(String scheme, RealBalancer balancer, String path) {
    return URI.create("%s://127.0.0.1:%d%s".formatted(scheme, balancer.port(), path));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aRollingRestartLosesNothingAndRepeatsNothing(Kind kind) throws Exception {
    List<Integer> ports = BusyShop.freePorts(2);
    ports.forEach(port -> servers.add(serve(kind, port, Map.of())));
    try (RealBalancer balancer = kind.start(folder, ports, authority)) {
      URI websocket = uri("wss", balancer, "/ws");
      URI events = uri("https", balancer, "/events");
      String since;
      try (WsClient first = WsClient.connect(http, websocket)) {
        since = first.await("subscribed").get("position").asString();
      }
      for (int i = 0; i < FOLLOWERS; i++) {
        List<Long> ids = shop.newClient();
        shop.inBackground(() -> BusyShop.follow(websocket, authority.certificate(), since, ids));
      }
      for (int i = 0; i < STREAMS; i++) {
        List<Long> ids = shop.newClient();
        shop.inBackground(() -> BusyShop.listen(http, events, since, ids));
      }
      shop.startWriting();
      for (int i = 0; i < ports.size(); i++) {
        shop.awaitMoreChanges();
        assertThat(servers.get(i).terminate().exitCode()).isZero();
        assertThat(servers.get(i).err()).contains("draining").doesNotContain("ERROR");
        shop.awaitMoreChanges();
        servers.set(i, serve(kind, ports.get(i), Map.of()));
        awaitTakenBack(kind, balancer);
      }
      shop.awaitMoreChanges();
      shop.stopWriting();
      shop.assertAllReceived();
    }
  }

  /** HAProxy asks the servers; nginx only tries them. */
  private static void awaitTakenBack(Kind kind, RealBalancer balancer) {
    if (kind != Kind.NGINX) {
      Await.until(
          "the server that was restarted is in use",
          () -> {
            String log = balancer.log();
            return log.lastIndexOf(" is UP") > log.lastIndexOf(" is DOWN");
          });
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NGINX")
  void aServerThatDrainsGetsNoNewClientsWhileItKeepsTheOthers(Kind kind) throws Exception {
    // Long enough for the whole test, since what happens in the notice is of interest.
    Map<String, String> patient =
        Map.of(
            "ORDERWIRE_SERVER_DRAIN_NOTICE_SECONDS",
            "3000",
            "ORDERWIRE_SERVER_DRAIN_LIMIT_SECONDS",
            "6000");
    List<Integer> ports = BusyShop.freePorts(2);
    ports.forEach(port -> servers.add(serve(kind, port, patient)));
    List<WsClient> clients = new ArrayList<>();
    try (RealBalancer balancer = kind.start(folder, ports, authority)) {
      URI websocket = uri("wss", balancer, "/ws");
      // Each goes where the fewest are, so both servers have some.
      for (int i = 0; i < 4; i++) {
        clients.add(WsClient.connect(http, websocket));
        clients.getLast().await("subscribed");
      }

      servers.getFirst().terminate();
      Await.until("the balancer takes it out", () -> balancer.log().contains("gateway-1 is DOWN"));
      assertAllReceive(clients, "meanwhile");
      List<WsClient> later = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        later.add(WsClient.connect(http, websocket));
        later.getLast().await("subscribed");
      }
      clients.addAll(later);
      // It ends at once, and with it all clients that it has.
      servers.getFirst().terminate().exitCode();
      assertAllReceive(later, "afterwards");
    } finally {
      clients.forEach(WsClient::abort);
    }
  }

  private void assertAllReceive(List<WsClient> clients, String status) {
    shop.database().execute("INSERT INTO orders (status) VALUES ('" + status + "')");
    for (WsClient client : clients) {
      assertThat(client.nextChange().at("/row/status").asString()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void eventsArriveAtOnceAndClientsCountByTheirOwnAddresses(Kind kind)
      throws IOException, InterruptedException {
    int port = BusyShop.freePorts(1).getFirst();
    servers.add(serve(kind, port, Map.of("ORDERWIRE_LIMITS_ADDRESS_CONNECTIONS", "2")));
    try (RealBalancer balancer = kind.start(folder, List.of(port), authority)) {
      try (SseClient events = SseClient.connect(http, uri("https", balancer, "/events"))) {
        assertThat(events.status()).isEqualTo(200);
        events.await("subscribed");
        for (String order : ORDERS) {
          shop.database().execute("INSERT INTO orders (status) VALUES ('" + order + "')");
          // In a buffer of the balancer, the event would wait for many others.
          assertThat(events.await("changes").data().at("/changes/0/row/status").asString())
              .isEqualTo(order);
        }
      }
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), balancer.port());
      try (RawSocket _ = client("127.0.0.5", address).upgrade("/ws");
          RawSocket _ = client("127.0.0.5", address).upgrade("/ws");
          RawSocket third = client("127.0.0.5", address);
          RawSocket _ = client("127.0.0.6", address).upgrade("/ws")) {
        third.send(EVENTS);
        assertThat(third.readAnswer()).startsWith("HTTP/1.1 429");
      }
      if (kind == Kind.HAPROXY || kind == Kind.NGINX) {
        assertThat(status(balancer, "/metrics")).isEqualTo(404);
        assertThat(status(balancer, "/health")).isEqualTo(404);
      }
    }
  }

  private RawSocket client(String from, InetSocketAddress balancer) {
    return RawSocket.connectFrom(from, balancer, authority.trusted());
  }

  private int status(RealBalancer balancer, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri("https", balancer, path)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  /** Its connections may be of HTTP/2, and its pages have an origin with https. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void theDashboardWorksInABrowser(Kind kind) throws IOException {
    int port = BusyShop.freePorts(1).getFirst();
    servers.add(serve(kind, port, Map.of()));
    try (RealBalancer balancer = kind.start(folder, List.of(port), authority);
        Chromium chromium = Chromium.start();
        Screen screen =
            chromium.open(
                uri("https", balancer, "/client"),
                new Browser.NewContextOptions().setIgnoreHTTPSErrors(true))) {
      screen.awaitState("Live");
      shop.database().execute("INSERT INTO orders (id, status) VALUES (1, 'shown')");
      assertThat(screen.table(1)).containsKey("1");
      assertThat(screen.problems()).isEmpty();
    }
  }
}

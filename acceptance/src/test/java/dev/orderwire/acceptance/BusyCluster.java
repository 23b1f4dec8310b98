package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two relays and two gateways as processes, on a bus, with a busy shop. */
final class BusyCluster implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CLIENTS = 4;

  /** What happens to the bus. */
  interface Outages {
    void run() throws Exception;
  }

  /** A process, and where it answers. */
  private record Node(OrderwireProcess process, String role, int port) {
    JsonNode cluster() {
      try {
        return JSON.readTree(
                HTTP.send(
                        HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:%d/health".formatted(port)))
                            .build(),
                        BodyHandlers.ofString())
                    .body())
            .get("cluster");
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    boolean leads() {
      return cluster().get("leads").asBoolean();
    }
  }

  private final Path home;
  private final URI bus;
  private final BusyShop shop;
  private final List<Node> nodes = new ArrayList<>();

  BusyCluster(Path home, Path data, URI bus) throws IOException {
    this.home = home;
    this.bus = bus;
    this.shop = new BusyShop(data);
    List<Integer> ports = BusyShop.freePorts(4);
    for (int i = 0; i < 4; i++) {
      nodes.add(start(i < 2 ? "relay" : "gateway", ports.get(i)));
    }
  }

  private Node start(String role, int port) {
    OrderwireProcess process =
        shop.start(home, role, port, Map.of("ORDERWIRE_BUS_URL", bus.toString()));
    String line = process.nextLine();
    while (!line.equals("ready")) {
      line = process.nextLine();
    }
    return new Node(process, role, port);
  }

  private Node leader() {
    Await.until("one process leads", () -> nodes.stream().filter(Node::leads).count() == 1);
    return nodes.stream().filter(Node::leads).findFirst().orElseThrow();
  }

  private void killAndStart(Node node) {
    node.process().kill().exitCode();
    shop.awaitMoreChanges();
    nodes.set(nodes.indexOf(node), start(node.role(), node.port()));
    shop.awaitMoreChanges();
  }

  private void awaitAllFollow() {
    Await.until(
        "all follow the leader",
        () ->
            nodes.stream().map(node -> node.cluster().get("leader").asString()).distinct().count()
                == 1);
  }

  void awaitMoreChanges() {
    shop.awaitMoreChanges();
  }

  /** Waits until all processes hear from the leader over the bus. */
  void awaitBusInUse() {
    awaitAllFollow();
    Await.until(
        "records come",
        () -> nodes.stream().allMatch(node -> node.cluster().get("quietMillis").asLong() < 1_000));
  }

  /** Clients get each change once, while the leader, a gateway and the bus die under load. */
  void assertEachChangeComesOnceDespite(Outages outages) throws Exception {
    assertThat(leader().role()).isEqualTo("relay");
    awaitAllFollow();
    List<Integer> gateways = nodes.stream().skip(2).map(Node::port).toList();
    try (LoadBalancer balancer = new LoadBalancer(gateways)) {
      URI websocket = URI.create("ws://127.0.0.1:%d/ws".formatted(balancer.port()));
      String since;
      try (WsClient first = WsClient.connect(websocket)) {
        since = first.await("subscribed").get("position").asString();
      }
      for (int i = 0; i < CLIENTS; i++) {
        List<Long> ids = shop.newClient();
        shop.inBackground(() -> BusyShop.follow(websocket, since, ids));
      }
      shop.startWriting();
      shop.awaitMoreChanges();
      killAndStart(leader());
      killAndStart(nodes.getLast());
      outages.run();
      awaitBusInUse();
      shop.awaitMoreChanges();
      shop.stopWriting();
      shop.assertAllReceived();
    }
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.process().close());
    shop.close();
  }
}

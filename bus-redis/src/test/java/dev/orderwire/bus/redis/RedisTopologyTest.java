package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RedisServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentinel and clusters. */
final class RedisTopologyTest {
  @TempDir private Path folder;

  @Test
  void allFollowTheMasterThatSentinelNames() throws InterruptedException {
    try (RedisServer master = RedisServer.start(folder);
        RedisServer replica =
            RedisServer.start(folder, "--replicaof", "127.0.0.1 " + master.port());
        RedisServer sentinel = RedisServer.startSentinel(folder, master)) {
      // The first of the two is away.
      URI address =
          URI.create(
              "redis-sentinel://127.0.0.1:%d,127.0.0.1:%d#orders"
                  .formatted(RedisServer.freePort(), sentinel.port()));
      try (Bus bus = TestBus.bus(address);
          Bus.Follower follower = bus.follow()) {
        bus.publish(BusRecords.of(1, 1, 10));
        assertThat(BusRecords.take(follower, 10)).hasSize(10);
        Await.until("copied", () -> replica.cli("XLEN", "orderwire").equals("10"));
        Await.until(
            "Sentinel knows the replica",
            () -> sentinel.cli("SENTINEL", "replicas", "orders").contains("" + replica.port()));
        master.kill();
        assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 11, 11)))
            .isInstanceOf(BusException.class)
            .hasMessageContaining("#orders");
        BusRecords.publishInSpite(bus, BusRecords.of(1, 11, 12));
        assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 2)))
            .containsExactly("1-11", "1-12");
        assertThat(replica.cli("XLEN", "orderwire")).isEqualTo("12");
      }
    }
  }

  @Test
  void aClusterHasTheStreamOnOneNode() throws InterruptedException {
    String[] options = {"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"};
    try (RedisServer first = RedisServer.start(folder, options);
        RedisServer second = RedisServer.start(folder, options);
        RedisServer third = RedisServer.start(folder, options)) {
      List<RedisServer> nodes = List.of(first, second, third);
      join(nodes);
      URI address =
          URI.create("redis://127.0.0.1:%d,127.0.0.1:%d".formatted(first.port(), second.port()));
      try (Bus bus = TestBus.bus(address, Map.of("cluster", "true"));
          Bus.Follower follower = bus.follow()) {
        bus.publish(BusRecords.of(1, 1, 1_000));
        assertThat(BusRecords.ids(BusRecords.take(follower, 1_000)))
            .isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 1_000)));
        RedisServer owner =
            nodes.stream().filter(each -> each.cli("DBSIZE").equals("1")).findFirst().orElseThrow();
        owner.kill();
        assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1_001, 1_001)))
            .isInstanceOf(BusException.class);
        owner.restart();
        BusRecords.publishInSpite(bus, BusRecords.of(1, 1_001, 1_002));
        assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 2)))
            .containsExactly("1-1001", "1-1002");
      }
    }
  }

  /** The keys of a server are on several nodes. */
  @Test
  void aClusterHasTheConnectionsOfServers() {
    String[] options = {"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"};
    try (RedisServer first = RedisServer.start(folder, options);
        RedisServer second = RedisServer.start(folder, options);
        RedisServer third = RedisServer.start(folder, options)) {
      List<RedisServer> nodes = List.of(first, second, third);
      join(nodes);
      URI address = URI.create("redis://127.0.0.1:%d".formatted(first.port()));
      try (Servers servers = new Servers(address, Map.of("cluster", "true"), Map.of())) {
        servers.start("first");
        servers.start("second");
        servers.awaitKnown();
        try (PlainClient one = servers.first().connect("7");
            PlainClient two = servers.second().connect("7")) {
          servers.awaitListed("7", "7");
          assertThat(servers.first().admin().kickConnection(two.id()).closed()).isEqualTo(1);
          assertThat(two.closeCode()).isEqualTo(4403);
          third.kill();
          third.restart();
          Await.until(
              "all is stored again",
              () ->
                  servers.second().problem().isEmpty()
                      && servers.second().admin().of("7").size() == 1);
          assertThat(servers.second().admin().kickIdentity("7").closed()).isEqualTo(1);
          assertThat(one.closeCode()).isEqualTo(4403);
        }
      }
    }
  }

  private static void join(List<RedisServer> nodes) {
    List<String> command = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
    nodes.forEach(each -> command.add("127.0.0.1:" + each.port()));
    command.add("--cluster-yes");
    RedisServer.run(command);
    for (RedisServer each : nodes) {
      Await.until(
          "the cluster is complete",
          () -> each.cli("CLUSTER", "INFO").contains("cluster_state:ok"));
    }
  }
}

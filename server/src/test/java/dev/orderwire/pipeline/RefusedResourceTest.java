package dev.orderwire.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A resource that all clients need refuses them, and recovers. */
class RefusedResourceTest {
  /** Only a snapshot of less than 8 KB stays in memory. */
  private static final Map<Limit, Long> ON_DISK =
      Map.of(Limit.SPOOL_BYTES, 65_536L, Limit.STALL_SECONDS, 600L);

  private static final String ALL = "/ws?snapshot=true";

  /** 1 MB of rows, so on disk too. */
  private static final String FEW =
      "/ws?snapshot=true&where=%7B%22id%22%3A%7B%22lte%22%3A100%7D%7D";

  /** A single row. */
  private static final String ONE = "/ws?snapshot=true&where=%7B%22id%22%3A1%7D";

  private final LogLines log = new LogLines("dev.orderwire");
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestDatabase database;
  @TempDir private Path folder;

  @BeforeEach
  void create() {
    database = TestMysql.database();
    // 20 MB
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, note MEDIUMTEXT)",
        "SET SESSION cte_max_recursion_depth = 10000",
        "INSERT INTO orders WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 2000) SELECT i, REPEAT('x', 10000) FROM n");
  }

  @AfterEach
  void drop() {
    http.close();
    log.close();
    database.close();
  }

  private String get(Pipeline server, String path) {
    try {
      HttpRequest request = HttpRequest.newBuilder(server.uri("http", path)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode health(Pipeline server) {
    return new JsonMapper().readTree(get(server, "/health"));
  }

  private String status(Pipeline server) {
    return health(server).get("status").asString();
  }

  private static void get(Pipeline server, String view, boolean served) {
    try (WsClient client = WsClient.connect(server.uri("ws", view))) {
      if (served) {
        client.await("the last row", message -> message.path("done").asBoolean(false));
      } else {
        assertThat(client.closeCode()).isEqualTo(4429);
      }
    }
  }

  private List<String> lines(String about) {
    return log.all().stream().filter(line -> line.contains(about)).toList();
  }

  private List<String> troubles() {
    return log.all().stream().filter(line -> !line.startsWith("INFO")).toList();
  }

  private void assertDegraded(Pipeline server, String resource, String cause) {
    JsonNode health = health(server);
    assertThat(health.get("status").asString()).isEqualTo("degraded");
    assertThat(health.get("cause").asString()).startsWith("clients are refused ").contains(cause);
    assertThat(health.at("/refusing/0/resource").asString()).isEqualTo(resource);
    assertThat(get(server, "/metrics"))
        .contains("orderwire_resource_refusing{resource=\"%s\"} 1.0".formatted(resource));
  }

  private void awaitUp(Pipeline server, String resource) {
    Await.until("it is up", () -> status(server).equals("up"));
    assertThat(health(server).get("refusing").size()).isZero();
    assertThat(get(server, "/metrics"))
        .contains("orderwire_resource_refusing{resource=\"%s\"} 0.0".formatted(resource));
  }

  @Test
  void aFullDiskIsDegradedUntilASnapshotOfThatSizeFits() throws Exception {
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString()))
        .as("this user may mount a tmpfs; the test of the folder that is a file needs none")
        .isTrue();
    try (Pipeline server = new Pipeline(database, 1_000, folder, ON_DISK, "orders")) {
      Await.until("it follows", () -> status(server).equals("up"));
      for (int i = 0; i < 3; i++) {
        get(server, ALL, false);
        assertDegraded(server, "snapshots_folder", "No space left on device");
        get(server, FEW, true);
        assertDegraded(server, "snapshots_folder", folder.toString());
      }
      assertThat(troubles())
          .singleElement()
          .asString()
          .startsWith("WARN Clients are refused snapshots that need the disk: ");
      assertThat(run("mount", "-o", "remount,size=100m", folder.toString())).isTrue();
      get(server, ALL, true);
      awaitUp(server, "snapshots_folder");
      assertThat(lines("Clients get snapshots")).hasSize(1);
      assertThat(troubles()).hasSize(1);
    } finally {
      run("umount", folder.toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  @Test
  void aFolderThatIsAFileIsDegradedUntilAnySnapshotFits() throws Exception {
    Path spools = Files.writeString(folder.resolve("spools"), "not a folder");
    try (Pipeline server = new Pipeline(database, 1_000, spools, ON_DISK, "orders")) {
      Await.until("it follows", () -> status(server).equals("up"));
      get(server, ALL, false);
      get(server, FEW, false);
      assertDegraded(server, "snapshots_folder", spools.toString());
      // A snapshot that needs no disk proves nothing.
      get(server, ONE + "&columns=id", true);
      assertDegraded(server, "snapshots_folder", spools.toString());
      assertThat(troubles()).hasSize(1);
      Files.delete(spools);
      get(server, ALL + "&columns=id,note", true);
      awaitUp(server, "snapshots_folder");
      assertThat(lines("Clients get snapshots")).hasSize(1);
      assertThat(troubles()).hasSize(1);
    }
  }

  @Test
  void aRowThatCannotBeReadIsDegradedUntilItIsGone() {
    String before = database.query("SELECT @@max_allowed_packet").getFirst().getFirst();
    database.execute("INSERT INTO orders VALUES (5000, REPEAT('x', 2000000))");
    database.execute("SET GLOBAL max_allowed_packet = 1048576");
    try (Pipeline server = new Pipeline(database, 1_000, folder, Map.of(), "orders")) {
      Await.until("it follows", () -> status(server).equals("up"));
      for (int i = 0; i < 3; i++) {
        try (WsClient client = WsClient.connect(server.uri("ws", ALL))) {
          assertThat(client.closeCode()).isEqualTo(4400);
        }
        get(server, ONE, true);
        assertThat(get(server, "/api/tables/orders/rows?after=%7B%22id%22%3A1900%7D"))
            .contains("row_too_large");
        assertThat(get(server, "/api/tables/orders/rows?limit=10")).contains("\"more\":true");
      }
      assertDegraded(server, "rows", "orders");
      assertThat(troubles())
          .singleElement()
          .asString()
          .startsWith("WARN Clients are refused rows of orders: ");
      database.execute("DELETE FROM orders WHERE id = 5000");
      get(server, ALL, true);
      awaitUp(server, "rows");
      assertThat(lines("Clients get rows of orders again")).hasSize(1);
    } finally {
      database.execute("SET GLOBAL max_allowed_packet = " + before);
    }
  }

  @Test
  void theLimitOfConnectionsIsDegradedUntilThereIsRoom() throws Exception {
    // One of them asks for the health.
    Map<Limit, Long> three = Map.of(Limit.CONNECTIONS, 3L);
    try (Pipeline server = new Pipeline(database, 1_000, folder, three, "orders")) {
      Await.until("it follows", () -> status(server).equals("up"));
      try (WsClient first = WsClient.connect(server.uri("ws", "/ws"))) {
        first.await("subscribed");
        try (WsClient second = WsClient.connect(server.uri("ws", "/ws"))) {
          second.await("subscribed");
          for (int i = 0; i < 3; i++) {
            assertThat(WsClient.statusOfRefusal(server.uri("ws", "/ws"))).isEqualTo(429);
          }
          assertDegraded(server, "connections", "maximum of 3 connections");
          assertThat(troubles()).hasSize(1);
        }
      }
      Await.until("there is room", () -> status(server).equals("up"));
      assertThat(lines("Clients get more connections again")).hasSize(1);
      assertThat(troubles()).hasSize(1);
    }
  }
}

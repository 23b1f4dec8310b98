package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./orderwire demo --cluster}, while its parts are killed. */
final class ClusterDemoTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern AGAIN = Pattern.compile("orderwire: (\\S+) runs again, pid (\\d+)");

  @TempDir private Path home;
  private @Nullable OrderwireProcess demo;
  private final Map<String, Long> parts = new LinkedHashMap<>();
  private URI dashboard = URI.create("none");
  private URI websocket = URI.create("none");
  private URI mysql = URI.create("none");

  private void start(Map<String, String> environment) {
    OrderwireProcess started =
        OrderwireProcess.start(
            OrderwireProcess.launcher(),
            home,
            environment,
            "demo",
            "--cluster",
            "--port",
            "0",
            "--rate",
            "0");
    demo = started;
    // The exact output that docs/reference/commands.md promises.
    String line = started.nextLine();
    while (line.startsWith("part ")) {
      String[] words = line.split(" ", -1);
      parts.put(words[1], Long.valueOf(words[2]));
      line = started.nextLine();
    }
    assertThat(line).matches("dashboard http://127\\.0\\.0\\.1:\\d+/client");
    dashboard = uri(line);
    websocket = uri(started.nextLine());
    mysql = uri(started.nextLine());
    assertThat(started.nextLine()).isEqualTo("ready");
  }

  private static URI uri(String line) {
    return URI.create(line.substring(line.indexOf(' ') + 1));
  }

  @AfterEach
  void end() {
    if (demo != null) {
      demo.killAll();
    }
  }

  private OrderwireProcess demo() {
    if (demo == null) {
      throw new IllegalStateException("not started");
    }
    return demo;
  }

  private static ProcessHandle process(long pid) {
    return ProcessHandle.of(pid).orElseThrow();
  }

  /** As {@code kill -9}, and returns when the demo says that the part runs again. */
  private void kill(String part, Runnable meanwhile) {
    long before = count(part);
    long pid = Objects.requireNonNull(parts.get(part), part);
    assertThat(process(pid).destroyForcibly()).isTrue();
    meanwhile.run();
    Await.until("the demo starts " + part + " again", () -> count(part) > before);
    assertThat(demo().err()).contains(part + " (pid " + pid + ") ended (");
    AGAIN
        .matcher(demo().err())
        .results()
        .filter(result -> result.group(1).equals(part))
        .forEach(result -> parts.put(part, Long.valueOf(result.group(2))));
  }

  private long count(String part) {
    return AGAIN
        .matcher(demo().err())
        .results()
        .map((MatchResult result) -> result.group(1))
        .filter(part::equals)
        .count();
  }

  @Test
  void changesArriveThroughTheBalancerWhileThePartsAreKilled() throws Exception {
    start(Map.of());
    assertThat(parts).containsOnlyKeys("mysql", "redis", "relay", "gateway-1", "gateway-2");
    assertThat(parts.values()).allSatisfy(pid -> assertThat(process(pid).isAlive()).isTrue());
    String since;
    try (WsClient first = WsClient.connect(websocket)) {
      since = first.await("subscribed").get("position").asString();
    }
    List<Long> ids = new CopyOnWriteArrayList<>();
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                BusyShop.follow(websocket, since, ids);
              } catch (InterruptedException e) {
                // The end of the test.
              }
            });
    Thread writer = Thread.ofPlatform().start(this::write);
    Runnable awaitMore = () -> awaitMore(ids);
    awaitMore.run();
    for (String part : List.of("relay", "gateway-1", "gateway-2", "redis")) {
      kill(part, awaitMore);
      awaitMore.run();
    }
    // Without MySQL nothing changes.
    kill("mysql", () -> {});
    awaitMore.run();
    assertThat(health()).contains("\"role\":\"gateway\"");

    writer.interrupt();
    writer.join();
    List<Long> written = ids("SELECT id FROM orderwire_change_log WHERE table_name = 'orders'");
    Await.until("all changes have arrived", () -> ids.size() >= written.size());
    client.interrupt();
    client.join();
    assertThat(ids).containsExactlyInAnyOrderElementsOf(written);
  }

  /** Until it is interrupted, whether MySQL is there or not. */
  private void write() {
    while (!Thread.currentThread().isInterrupted()) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        while (true) {
          statement.execute(
              "INSERT INTO orders (customer_name, product_name) VALUES ('Ada', 'Laptop')");
          Thread.sleep(10);
        }
      } catch (SQLException e) {
        // MySQL is gone for a while.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void allPartsEndWithTheDemo() {
    start(Map.of());
    List<ProcessHandle> all = parts.values().stream().map(ClusterDemoTest::process).toList();

    assertThat(demo().terminate().exitCode()).isZero();

    assertThat(all).noneMatch(ProcessHandle::isAlive);
    assertThat(demo().err()).doesNotContain("ERROR").doesNotContain("runs again");
  }

  @Test
  void afterASigkillOfTheDemoItsPartsEndAndTheNextOneStarts() {
    start(Map.of());
    Map<String, ProcessHandle> orphans = new HashMap<>();
    parts.forEach((name, pid) -> orphans.put(name, process(pid)));

    demo().kill().exitCode();

    orphans.forEach((name, orphan) -> {
      if (!name.equals("mysql")) {
        OrderwireProcess.awaitEnd(orphan);
      }
    });
    parts.clear();
    start(Map.of());
    OrderwireProcess.awaitEnd(Objects.requireNonNull(orphans.get("mysql")));
    try (WsClient socket = WsClient.connect(websocket)) {
      socket.await("subscribed");
    }
  }

  @Test
  void withoutRedisTwoServersTakeItsPlace(@TempDir Path path) throws IOException {
    try (Stream<Path> programs = Files.list(Path.of("/usr/bin"))) {
      for (Path each : programs.toList()) {
        String name = each.getFileName().toString();
        if (!name.startsWith("redis") && !name.startsWith("valkey")) {
          Files.createSymbolicLink(path.resolve(name), each);
        }
      }
    }
    start(Map.of("PATH", path.toString()));
    assertThat(parts).containsOnlyKeys("mysql", "serve-1", "serve-2");
    assertThat(demo().err()).contains("Redis is not installed");
    try (WsClient socket = WsClient.connect(websocket)) {
      socket.await("subscribed");
      OrderwireProcess.run(
          home, "sql", "INSERT INTO orders (customer_name, product_name) VALUES ('kept', 'x')");
      assertThat(socket.nextChange().at("/row/customer_name").asString()).isEqualTo("kept");
    }
  }

  private static void awaitMore(List<Long> ids) {
    int before = ids.size();
    Await.until("changes arrive", () -> ids.size() > before + 20);
  }

  private String health() throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(dashboard.resolve("/health")).build(), BodyHandlers.ofString())
        .body();
  }

  private Connection connect() throws SQLException {
    String[] account = mysql.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d%s?sslMode=DISABLED&allowPublicKeyRetrieval=true"
            .formatted(mysql.getHost(), mysql.getPort(), mysql.getPath()),
        account[0],
        account[1]);
  }

  private List<Long> ids(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<Long> ids = new CopyOnWriteArrayList<>();
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
      return ids;
    }
  }
}

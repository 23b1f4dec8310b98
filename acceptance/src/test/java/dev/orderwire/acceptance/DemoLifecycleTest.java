package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

final class DemoLifecycleTest {
  @TempDir private static Path home;

  @Test
  void sigtermEndsTheServerAndItsMysql() {
    Demo demo = Demo.start(home);
    ProcessHandle mysqld = demo.mysqld();
    try (WsClient socket = WsClient.connect(demo.websocket())) {
      socket.await("subscribed");

      assertThat(demo.command().terminate().exitCode()).isZero();

      assertThat(socket.closeCode()).isEqualTo(4503);
    }
    assertThat(mysqld.isAlive()).isFalse();
    assertThat(listens(demo.websocket().getPort())).isFalse();
    assertThat(listens(URI.create(demo.mysql()).getPort())).isFalse();
    assertThat(demo.command().out()).isEmpty();
    assertThat(demo.command().err()).doesNotContain("ERROR").doesNotContain("Exception");
    OrderwireProcess sql = OrderwireProcess.start(home, "sql", "SELECT 1");
    assertThat(sql.exitCode()).isOne();
    assertThat(sql.err()).contains("no demo is running");
  }

  @Test
  void afterASigkillTheNextDemoHasAllCommittedChanges() {
    Demo killed = Demo.start(home);
    ProcessHandle orphan = killed.mysqld();
    String since;
    try (WsClient socket = WsClient.connect(killed.websocket())) {
      since = socket.await("subscribed").get("position").asString();
    }
    OrderwireProcess.run(
        home, "sql", "INSERT INTO orders (customer_name, product_name) VALUES ('kept', 'x')");

    killed.command().kill().exitCode();
    try (Demo next = Demo.start(home);
        OrderwireProcess tail = OrderwireProcess.start(home, "tail", "--since", since)) {
      OrderwireProcess.awaitEnd(orphan);
      assertThat(new JsonMapper().readTree(tail.nextLine()).at("/row/customer_name").asString())
          .isEqualTo("kept");
      assertThat(next.mysqld().pid()).isNotEqualTo(orphan.pid());
    }
  }

  @Test
  void aTakenPortIsReported() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      OrderwireProcess demo =
          OrderwireProcess.start(home, "demo", "--port", "" + taken.getLocalPort());

      assertThat(demo.exitCode()).isOne();
      assertThat(demo.out()).isEmpty();
      assertThat(demo.err()).contains(":" + taken.getLocalPort()).contains("--port");
    }
  }

  @Test
  void wrongUsageExitsWith2() {
    for (List<String> wrong :
        List.of(
            List.of("dmeo"),
            List.of("demo", "--port", "70000"),
            List.of("demo", "--rate", "-1"),
            List.of("serve", "now"))) {
      OrderwireProcess command = OrderwireProcess.start(home, wrong.toArray(String[]::new));

      assertThat(command.exitCode()).as("%s", wrong).isEqualTo(2);
      assertThat(command.out()).isEmpty();
      assertThat(command.err()).contains("--help").doesNotContain("\tat ");
    }
  }

  private static boolean listens(int port) {
    try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

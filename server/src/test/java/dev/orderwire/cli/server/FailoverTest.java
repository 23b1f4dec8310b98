package dev.orderwire.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import dev.orderwire.testing.ReplicatedMysql;
import dev.orderwire.testing.Screen;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica becomes the source, under the address that the server has. */
@Timeout(300)
final class FailoverTest {
  private static final String COLUMNS = "'id', id, 'note', note";

  @TempDir private Path folder;
  private ReplicatedMysql mysql;
  private TestDatabase shop;

  @BeforeEach
  void start() {
    mysql = ReplicatedMysql.start(folder.resolve("mysql"));
    shop = TestDatabase.create(mysql.source(), "shop");
    shop.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT)",
        "INSERT INTO orders (note) VALUES ('first'), ('second')");
  }

  @AfterEach
  void end() {
    mysql.close();
  }

  private void serve(Wiring.WhileServing body) throws InterruptedException {
    String address =
        "mysql://%s:%s@127.0.0.1:%d"
            .formatted(shop.options().user(), shop.options().password(), shop.options().port());
    String replica = "mysql://127.0.0.1:" + mysql.onReplica(shop).port();
    Settings settings =
        SettingsLoader.load(
            List.of(folder),
            Optional.empty(),
            Map.of(
                "MYSQL_URL",
                address + "/shop",
                "MYSQL_REPLICAS",
                replica,
                "ORDERWIRE_SERVER_PORT",
                "0"),
            Map.of());
    Wiring.serve(settings, Role.SERVE, settings.mysql().options(), _ -> {}, body);
  }

  /** The new source gives the ids of the lost changes to others before the server is back. */
  @Test
  void whatWasLostWithTheSourceIsLostOnAllScreens() throws Exception {
    serve(address -> {
      URI websocket = URI.create("ws://127.0.0.1:%d/ws?snapshot=true".formatted(address.getPort()));
      Screen screen = new Screen();
      try (WsClient client = WsClient.connect(websocket)) {
        screen.awaitTable(shop, client, COLUMNS);
        mysql.stopReceiving();
        shop.execute(
            "INSERT INTO orders (note) VALUES ('lost'), ('lost too')",
            "UPDATE orders SET note = 'changed in vain' WHERE id = 1");
        screen.awaitTable(shop, client, COLUMNS);
        String lost = screen.rows().toString();
        assertThat(lost).contains("lost too", "changed in vain");

        mysql.failOver();
        shop.execute(
            "INSERT INTO orders (note) VALUES ('new 1'), ('new 2'), ('new 3')",
            "UPDATE orders SET note = 'kept' WHERE id = 2",
            "DELETE FROM orders WHERE note = 'new 2'");
        screen.awaitTable(shop, client, COLUMNS);
        assertThat(screen.rows().toString()).contains("kept", "new 3").doesNotContain("lost");
        shop.execute("INSERT INTO orders (note) VALUES ('after')");
        screen.awaitTable(shop, client, COLUMNS);
      }
    });
  }

  /** As the position of a client that was connected to another server. */
  @Test
  void aPositionOfTheOldSourceIsNotHonoured() throws Exception {
    String[] position = new String[1];
    serve(address -> {
      URI websocket = URI.create("ws://127.0.0.1:%d/ws".formatted(address.getPort()));
      try (WsClient client = WsClient.connect(websocket)) {
        mysql.stopReceiving();
        shop.execute("INSERT INTO orders (note) VALUES ('lost')");
        position[0] = client.await("changes").get("position").asString();
      }
    });
    mysql.failOver();
    shop.execute("INSERT INTO orders (note) VALUES ('new 1'), ('new 2'), ('new 3')");
    serve(address -> {
      URI resume =
          URI.create("ws://127.0.0.1:%d/ws?since=%s".formatted(address.getPort(), position[0]));
      try (WsClient client = WsClient.connect(resume)) {
        assertThat(client.await("reset").get("reason").asString()).isEqualTo("epoch");
        Screen screen = new Screen();
        screen.awaitTable(shop, client, COLUMNS);
      }
    });
  }
}

package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart of MySQL under a running server looks like to clients and operators. */
final class MysqlRestartTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Test
  void aRestartIsOneWarningAndOneLineThatItIsOver(@TempDir Path home, @TempDir Path data)
      throws IOException {
    EmbeddedMysql mysql = EmbeddedMysql.start(data, 0, List.of());
    try {
      TestDatabase database = TestDatabase.create(mysql, "shop");
      database.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer_name VARCHAR(100))");
      try (OrderwireProcess serve =
          OrderwireProcess.start(
              OrderwireProcess.launcher(),
              home,
              Map.of(
                  "MYSQL_HOST",
                  "127.0.0.1",
                  "MYSQL_PORT",
                  "" + mysql.port(),
                  "MYSQL_USER",
                  mysql.user(),
                  "MYSQL_PASSWORD",
                  mysql.password(),
                  "MYSQL_DATABASE",
                  "shop",
                  "ORDERWIRE_SERVER_PORT",
                  "0"),
              "serve")) {
        URI websocket = address(serve.nextLine());
        URI rows = address(serve.nextLine()).resolve("/api/tables/orders/rows");
        assertThat(serve.nextLine()).isEqualTo("ready");
        try (WsClient live = WsClient.connect(websocket)) {
          live.await("subscribed");
          database.execute("INSERT INTO orders (customer_name) VALUES ('before')");
          live.nextChange();
          assertThat(status(rows)).isEqualTo(200);
          List<String> before = serve.err().lines().toList();

          mysql.close();
          // Requests notice, the canary, the reconciler, the tail and its doorbell.
          Await.until("requests are refused", () -> status(rows) == 503);
          Await.until(
              "health is degraded", () -> body(rows.resolve("/health")).contains("\"degraded\""));
          mysql = EmbeddedMysql.start(data, mysql.port(), List.of());
          Await.until("requests are answered", () -> status(rows) == 200);
          Await.until("health is up", () -> body(rows.resolve("/health")).contains("\"up\""));
          database.execute("INSERT INTO orders (customer_name) VALUES ('after')");
          assertThat(live.nextChange().at("/row/customer_name").asString()).isEqualTo("after");

          List<String> lines = serve.err().lines().skip(before.size()).toList();
          assertThat(lines).hasSize(2);
          assertThat(lines.getFirst()).contains(" WARN ").contains("No connection to MySQL");
          assertThat(lines.getLast()).contains(" INFO ").contains("answers again");
        }
      }
    } finally {
      mysql.close();
    }
  }

  private static URI address(String line) {
    return URI.create(line.substring(line.indexOf(' ') + 1));
  }

  private static int status(URI uri) {
    return get(uri).statusCode();
  }

  private static String body(URI uri) {
    return get(uri).body();
  }

  private static HttpResponse<String> get(URI uri) {
    try {
      return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package dev.orderwire.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The delay is measured against the clocks of the servers, whatever a writer's session says. */
class WritersClockTest {
  private static double metric(HttpClient http, Pipeline pipeline, String name) {
    try {
      String text =
          http.send(
                  HttpRequest.newBuilder(pipeline.uri("http", "/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .sum();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<String> insertAt(TestDatabase database, WsClient client, String... times) {
    List<String> seen = new ArrayList<>();
    for (String time : times) {
      database.execute(
          "SET timestamp = UNIX_TIMESTAMP('" + time + "')", "INSERT INTO orders VALUES ()");
      seen.add(client.nextChange().get("at").asString().substring(0, 4));
    }
    return seen;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/ws?conflate=10ms"})
  void aWritersClockIsInTheChangeAndNotInTheDelay(String path) {
    try (TestDatabase database = TestMysql.database();
        HttpClient http = HttpClient.newHttpClient()) {
      database.execute("CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT)");
      try (Pipeline pipeline = new Pipeline(database, 100, "orders");
          WsClient client = WsClient.connect(pipeline.uri("ws", path))) {
        client.await("subscribed");
        // Changes that wait for a view's pace are not measured, so there must be more of them.
        Await.until(
            "three are measured",
            () -> {
              assertThat(
                      insertAt(
                          database, client, "1999-01-01", "2020-06-01 12:30:00.5", "2037-12-31"))
                  .containsExactly("1999", "2020", "2037");
              return metric(http, pipeline, "orderwire_delay_seconds_count") >= 3;
            });
        // Less than any wrong clock would add.
        assertThat(metric(http, pipeline, "orderwire_delay_seconds_sum")).isBetween(0.0, 3_600.0);
      }
    }
  }
}

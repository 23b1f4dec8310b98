package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.Sources;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A snapshot can be ahead of the feed. No tail runs here, so that it is. */
class AheadOfTheFeedTest {
  private static final String WHERE = "{\"status\":\"new\"}";

  @Test
  void aClientAheadOfTheFeedIsToldWhenItsStateIsWholeEvenByChangesOutsideItsView() {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      database.execute(
          "CREATE TABLE orders (id BIGINT UNSIGNED PRIMARY KEY, customer VARCHAR(100),"
              + " status VARCHAR(20), amount DECIMAL(10,2))");
      new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
      Position start = Tail.end(mysql);
      List<TableVersion> versions = TableVersions.read(mysql, List.of("orders"));
      WatchedTables catalog = new WatchedTables(versions);
      Feed feed = new Feed(start, catalog, 1_000, 1 << 20);
      Source source = Sources.of(mysql, catalog, feed);
      GatewayOptions options = FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of());
      long id = start.head() + 1;
      database.execute("INSERT INTO orders VALUES (1, 'Ann', 'pending', 10)");
      try (Gateway gateway =
          new Gateway(options, source, FeedGateway.PAGES, new CountingTraffic())) {
        URI uri =
            URI.create(
                "ws://127.0.0.1:%d/ws?snapshot=true&where=%s"
                    .formatted(
                        gateway.start().getPort(),
                        URLEncoder.encode(WHERE, StandardCharsets.UTF_8)));
        try (WsClient client = WsClient.connect(uri)) {
          client.await("snapshot");
          // Usually, the client follows the feed after this time. If it does not, the test proves
          // less.
          database.execute("DO SLEEP(0.3)");
          Position later = start.with(Ids.of(id + 1));
          feed.onMoment(
              List.of(insert(id + 1, order(2, "Bob", "new"))),
              List.of(),
              later,
              true,
              Instant.EPOCH);
          JsonNode early = client.await("changes");
          assertThat(early.get("changes").size()).isEqualTo(1);
          assertThat(early.path("more").asBoolean(false)).isTrue();
          Position all = later.with(Ids.of(id));
          feed.onMoment(
              List.of(insert(id, order(1, "Ann", "pending"))), List.of(), all, true, Instant.EPOCH);
          JsonNode whole = client.await("changes");
          assertThat(whole.get("changes").size()).isZero();
          assertThat(whole.has("more")).isFalse();
          assertThat(whole.get("position").asString()).isEqualTo(all.toString());
        }
      }
    }
  }
}

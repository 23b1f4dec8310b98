package dev.orderwire.gateway.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.CountingTraffic;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.UnavailableStore;
import dev.orderwire.gateway.catchup.DifferingRows.Result;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.view.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class DifferingRowsTest {
  private static View where(String json) {
    return View.of(FeedGateway.ORDERS, JsonMapper.shared().readTree(json), null);
  }

  /** The change log was replaced after the client was last sent something. */
  @Test
  void theRowsOfAPositionOfAnotherLogCannotBeHad() {
    TableVersion version = new TableVersion(FeedGateway.ORDERS, 0);
    WatchedTables tables = new WatchedTables(List.of(version));
    Position seen = new Position("epoch1", 100, Ids.NONE);
    Feed feed = new Feed(seen, tables, 10, 1 << 20);
    UnavailableStore store = new UnavailableStore();
    Source source = new Source(tables, feed, store, store, store, _ -> CaptureCheck.State.UNKNOWN);
    GatewayOptions options = FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of());
    CountingTraffic traffic = new CountingTraffic();
    try (Blocking blocking = new Blocking(options, traffic)) {
      DifferingRows rows =
          new DifferingRows(
              source,
              new Resumption(source),
              blocking,
              new Limits(options, traffic),
              options,
              traffic);
      feed.onRestart(new Position("epoch2", 0, Ids.NONE), List.of(version));
      assertThat(rows.read(where("{\"id\":1}"), where("{\"id\":2}"), seen, null, () -> true))
          .isEqualTo(new Result.Reset(ResetReason.EPOCH));
    }
  }
}

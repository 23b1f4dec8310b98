package dev.orderwire.auth.held;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.testing.Await;
import dev.orderwire.view.Tables;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LookupsTest {
  private static final int ROWS = 10_000;
  private static final Table ASSIGNED =
      Tables.table("assigned", "id", "int", "level", "int", "customer", "varchar(9)");
  private static final Lookup LOOKUP =
      Policies.read(
              json("{\"orders\":{\"staff\":{\"rows\":{\"customer\":{\"in\":\"${lookup.own}\"}}}}}"),
              json(
                  "{\"own\":{\"table\":\"assigned\",\"select\":\"customer\",\"max\":%d,\"where\":{\"level\":{\"lt\":\"${claims.level}\"}}}}"
                      .formatted(ROWS)),
              new Seal(new byte[32]),
              new ArrayList<>())
          .lookups("staff")
          .getFirst();

  private final Position position = new Position("epoch1", 0, Ids.NONE);
  private final WatchedTables catalog = new WatchedTables(List.of(new TableVersion(ASSIGNED, 0)));
  private final Feed feed = new Feed(position, catalog, 1_000, 1 << 20);
  private final SnapshotReader everybodysRows =
      (_, _, _, _, _, to) -> {
        to.begin(position);
        for (int i = 0; i < ROWS; i++) {
          to.row(Row.of(Map.of("id", "" + i, "level", "0", "customer", "\"" + i + "\"")));
        }
      };
  private final HeldTables tables = new HeldTables(feed, catalog, everybodysRows);
  private final Lookups lookups = new Lookups(tables);

  @AfterEach
  void close() {
    tables.close();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private WeakReference<HeldLookup> hold(int level) {
    return new WeakReference<>(
        lookups.hold(List.of(LOOKUP), Map.of("level", json("" + level))).get("own"));
  }

  @Test
  void largeSetsThatNoConnectionNeedsAreForgottenBeforeTheyAreMany() {
    WeakReference<HeldLookup> first = hold(1);
    List<WeakReference<HeldLookup>> others = new ArrayList<>();
    for (int level = 2; level <= 11; level++) {
      others.add(hold(level));
    }
    Await.until(
        "the set that was not used for the longest time is forgotten",
        () -> {
          System.gc();
          return first.refersTo(null);
        });
    assertThat(others).noneMatch(each -> each.refersTo(null));
  }
}

package dev.orderwire.auth.held;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.view.Tables;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What large sets, and sets that change often, cost the thread of the tail, and memory. */
final class HeldLookupLoadTest {
  private static final Table ASSIGNED =
      Tables.table("assigned", "id", "int", "staff", "varchar(9)", "customer", "varchar(40)");

  private static final SnapshotReader EMPTY =
      new SnapshotReader() {
        @Override
        public void read(
            Table table,
            Prefilter prefilter,
            @Nullable Key after,
            Position known,
            int pageRows,
            Rows to) {
          to.begin(known);
        }
      };

  private Position position = new Position("epoch1", 0, Ids.NONE);
  private final WatchedTables catalog = new WatchedTables(List.of(new TableVersion(ASSIGNED, 0)));

  /** The default sizes of the settings. */
  private final Feed feed = new Feed(position, catalog, 100_000, 32 << 20);

  private final HeldTables tables = new HeldTables(feed, catalog, EMPTY);

  @AfterEach
  void close() {
    tables.close();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Lookup lookup(int max) {
    return Policies.read(
            json("{\"orders\":{\"staff\":{\"rows\":{\"customer\":{\"in\":\"${lookup.own}\"}}}}}"),
            json(
                "{\"own\":{\"table\":\"assigned\",\"select\":\"customer\",\"max\":%d,\"where\":{\"staff\":\"${claims.sub}\"}}}"
                    .formatted(max)),
            new Seal(new byte[32]),
            new ArrayList<>())
        .lookups("staff")
        .getFirst();
  }

  private HeldLookup held(int max) {
    HeldLookup held = new HeldLookup(tables, lookup(max), json("{\"staff\":\"sue\"}"));
    tables.hold(held);
    return held;
  }

  private static Row assigned(long id, String customer) {
    return Row.of(
        new TreeMap<>(
            Map.of("id", "" + id, "staff", "\"sue\"", "customer", "\"" + customer + "\"")));
  }

  private static Change change(long id, @Nullable Row before, Row after, long row) {
    Key key = new Key(Row.of(Map.of("id", "" + row)));
    return new Change(
        id,
        "assigned",
        before == null ? Op.INSERT : Op.UPDATE,
        key,
        before,
        after,
        Instant.EPOCH,
        "me");
  }

  private void moment(List<Change> changes) {
    position = new Position("epoch1", position.head() + changes.size(), Ids.NONE);
    feed.onMoment(changes, List.of(), position, true, Instant.now());
  }

  /** In moments as the tail delivers those of a large transaction. */
  private List<List<Change>> inserts(int rows) {
    List<List<Change>> moments = new ArrayList<>();
    for (int i = 1; i <= rows; i++) {
      if (i % 1_000 == 1) {
        moments.add(new ArrayList<>());
      }
      Row row = assigned(i, "customer number " + i);
      moments.getLast().add(change(position.head() + i, null, row, i));
    }
    return moments;
  }

  /** Until the tail has done it, no client of the server gets any change. */
  @Test
  void aTransactionThatFillsALargeSetCostsTheTailNoMoreThanItsRows() {
    HeldLookup set = held(10_000);
    List<List<Change>> moments = inserts(10_000);
    long before = allocated();
    moments.forEach(this::moment);
    assertThat(allocated() - before).as("bytes").isLessThan(50L << 20);
    assertThat(set.valuesAt(HeldMembership.NOW).json()).hasSize(10_000);
  }

  @Test
  void aSetThatChangesOftenIsNotKeptWholeForEachChange() {
    HeldLookup set = held(1_000);
    inserts(1_000).forEach(this::moment);
    long before = allocated();
    change(5_000);
    assertThat(allocated() - before).as("bytes").isLessThan(50L << 20);
    assertThat(set.size()).as("rows and former values").isLessThanOrEqualTo(3_000);
    assertThat(set.valuesAt(HeldMembership.NOW).json()).hasSize(1_000);
  }

  /** The tail asks this for every client at each moment that changes any set. */
  @Test
  void whetherAMomentMovesAClientIsToldWithoutTheLock() throws Exception {
    HeldLookup set = held(1_000);
    inserts(10).forEach(this::moment);
    HeldMembership client = tables.membership(Map.of("own", set), HeldMembership.NOW);
    change(1);
    long newest = feed.end().cursor() - 1;
    synchronized (tables) {
      CompletableFuture<List<Boolean>> told =
          CompletableFuture.supplyAsync(() ->
              List.of(
                  tables.changesAt(newest),
                  client.changesAt(newest),
                  client.changesAt(newest + 1)));
      assertThat(told.get(60, TimeUnit.SECONDS)).containsExactly(true, true, false);
    }
  }

  /** Changes one row so often. */
  private void change(int times) {
    Row last = assigned(1, "customer number 1");
    for (int i = 0; i < times; i++) {
      Row next = assigned(1, "another customer " + i);
      moment(List.of(change(position.head() + 1, last, next, 1)));
      last = next;
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}

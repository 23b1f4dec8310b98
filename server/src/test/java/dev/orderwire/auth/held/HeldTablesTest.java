package dev.orderwire.auth.held;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.Change;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.testing.Await;
import dev.orderwire.view.Tables;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads of held rows that meet changes of their table. */
final class HeldTablesTest {
  private static final int MOST = 2;
  private static final Table ASSIGNED =
      Tables.table("assigned", "id", "int", "staff", "varchar(9)", "customer", "varchar(9)");
  private static final Lookup LOOKUP =
      Policies.read(
              json("{\"orders\":{\"staff\":{\"rows\":{\"customer\":{\"in\":\"${lookup.own}\"}}}}}"),
              json(
                  "{\"own\":{\"table\":\"assigned\",\"select\":\"customer\",\"max\":%d,\"where\":{\"staff\":\"${claims.sub}\"}}}"
                      .formatted(MOST)),
              new Seal(new byte[32]),
              new ArrayList<>())
          .lookups("staff")
          .getFirst();

  /** The rows of the table, and what happens while they are read. */
  private final class Store implements SnapshotReader {
    final TreeMap<Long, Row> rows = new TreeMap<>();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger readsNow = new AtomicInteger();
    final Semaphore gate = new Semaphore(1_000);
    volatile Runnable meanwhile = () -> {};
    volatile boolean fails;

    @Override
    public void read(
        Table table,
        Prefilter prefilter,
        @Nullable Key after,
        Position known,
        int pageRows,
        Rows to) {
      reads.incrementAndGet();
      readsNow.incrementAndGet();
      try {
        gate.acquireUninterruptibly();
        gate.release();
        if (fails) {
          throw new OrderwireException(ErrorCode.MYSQL_UNAVAILABLE, "MySQL cannot be asked");
        }
        to.begin(position);
        for (Row row : List.copyOf(rows.values())) {
          if (!to.row(row)) {
            break;
          }
        }
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
      } finally {
        readsNow.decrementAndGet();
      }
    }
  }

  private final Store store = new Store();
  private Position position = new Position("epoch1", 0, Ids.NONE);
  private final WatchedTables catalog = new WatchedTables(List.of(new TableVersion(ASSIGNED, 0)));
  private final Feed feed = new Feed(position, catalog, 1_000, 1 << 20);
  private HeldTables tables = new HeldTables(feed, catalog, store);

  @AfterEach
  void close() {
    store.gate.release(1_000);
    tables.close();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Row assigned(long id, String customer) {
    return Row.of(
        new TreeMap<>(
            Map.of("id", "" + id, "staff", "\"sue\"", "customer", "\"" + customer + "\"")));
  }

  private void moment(List<Change> changes, List<TableVersion> resets) {
    position = new Position("epoch1", position.head() + Math.max(1, changes.size()), Ids.NONE);
    feed.onMoment(changes, resets, position, true, Instant.now());
  }

  private void insert(String... customers) {
    for (String customer : customers) {
      long id = position.head() + 1;
      Row row = assigned(id, customer);
      store.rows.put(id, row);
      moment(List.of(change(id, Op.INSERT, null, row, id)), List.of());
    }
  }

  private void delete(long... ids) {
    for (long id : ids) {
      Row row = store.rows.remove(id);
      moment(List.of(change(position.head() + 1, Op.DELETE, row, null, id)), List.of());
    }
  }

  private static Change change(
      long id, Op op, @Nullable Row before, @Nullable Row after, long row) {
    Key key = new Key(Row.of(Map.of("id", "" + row)));
    return new Change(id, "assigned", op, key, before, after, Instant.EPOCH, "me");
  }

  private void alter(Table shape) {
    moment(List.of(), List.of(new TableVersion(shape, position.head() + 1)));
  }

  private HeldLookup lookup() {
    return new HeldLookup(tables, LOOKUP, json("{\"staff\":\"sue\"}"));
  }

  private static String set(HeldLookup lookup) {
    return lookup.valuesAt(HeldMembership.NOW).json().toString();
  }

  /** The read stops behind the most rows: what lies behind must not be missing later. */
  @Test
  void aSetThatShrinksBelowTheMostWhileItIsReadIsReadWhole() {
    insert("Ann", "Bob", "Cleo", "Dora");
    store.meanwhile = () -> delete(1, 2);
    HeldLookup lookup = lookup();
    tables.hold(lookup);
    assertThat(set(lookup)).isEqualTo("[\"Cleo\",\"Dora\"]");
  }

  /** Its columns may mean something else now. */
  @Test
  void aSetIsNotReadInTheShapeBeforeAnAlter() {
    insert("Ann");
    Table longer =
        Tables.table("assigned", "id", "int", "staff", "varchar(9)", "customer", "varchar(10)");
    List<Table> read = new ArrayList<>();
    Catalog alteredBehindTheBack =
        new Catalog() {
          @Override
          public Optional<Table> table(String name) {
            Optional<Table> found = catalog.table(name);
            if (read.isEmpty()) {
              alter(longer);
            }
            read.add(found.orElseThrow());
            return found;
          }

          @Override
          public Table defaultTable() {
            return catalog.defaultTable();
          }

          @Override
          public List<Table> tables() {
            return catalog.tables();
          }

          @Override
          public boolean isVoid(Table shape, Position seen) {
            return catalog.isVoid(shape, seen);
          }

          @Override
          public boolean isHeld(String name) {
            return catalog.isHeld(name);
          }
        };
    tables.close();
    tables = new HeldTables(feed, alteredBehindTheBack, store);
    tables.hold(lookup());
    assertThat(read).containsExactly(ASSIGNED, longer);
  }

  /** Clients need MySQL too. */
  @Test
  void afterAnAlterSetsAreReadAFewAtATime() {
    insert("Ann");
    List<HeldLookup> lookups = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lookups.add(lookup());
      tables.hold(lookups.getLast());
    }
    int before = store.reads.get();
    store.gate.drainPermits();
    alter(ASSIGNED);
    Await.until("two reads have begun", () -> store.readsNow.get() == 2);
    for (int i = 0; i < 20; i++) {
      assertThat(store.reads.get() - before).isLessThanOrEqualTo(2);
      LockSupport.parkNanos(1_000_000);
    }
    store.gate.release(1_000);
    lookups.forEach(HeldLookup::await);
    assertThat(store.reads.get() - before).isEqualTo(20);
    assertThat(lookups).allMatch(lookup -> set(lookup).equals("[\"Ann\"]"));
  }

  @Test
  void aSetThatNobodyNeedsIsNotReadForEver() {
    insert("Ann");
    WeakReference<HeldLookup> lookup = new WeakReference<>(held());
    store.fails = true;
    int before = store.reads.get();
    alter(ASSIGNED);
    Await.until("it is read again", () -> store.reads.get() > before);
    Await.until(
        "it is forgotten",
        () -> {
          System.gc();
          return lookup.refersTo(null);
        });
  }

  private HeldLookup held() {
    HeldLookup lookup = lookup();
    tables.hold(lookup);
    return lookup;
  }

  @Test
  void afterAFailedReadTheSetIsReadAgain() {
    insert("Ann");
    HeldLookup lookup = held();
    store.fails = true;
    int before = store.reads.get();
    alter(ASSIGNED);
    Await.until("two attempts have failed", () -> store.reads.get() > before + 1);
    insert("Bob");
    store.fails = false;
    lookup.await();
    assertThat(set(lookup)).isEqualTo("[\"Ann\",\"Bob\"]");
  }

  @Test
  void theSetOfAMissingTableIsUnknownFromTheNextMomentOn() {
    insert("Ann");
    HeldLookup lookup = held();
    HeldMembership client = tables.membership(Map.of("own", lookup), HeldMembership.NOW);
    long seen = feed.end().cursor() - 1;
    int before = store.reads.get();
    tables.uncaptured(Set.of("assigned"));
    assertThat(lookup.valuesAt(seen).json().toString()).isEqualTo("[\"Ann\"]");
    assertThatThrownBy(() -> set(lookup)).hasMessageContaining("try again");
    moment(List.of(), List.of());
    long next = feed.end().cursor() - 1;
    assertThat(tables.changesAt(next)).isTrue();
    assertThat(client.changesAt(next)).isTrue();
    assertThatThrownBy(() -> lookup.valuesAt(next)).hasMessageContaining("try again");
    assertThatThrownBy(() -> tables.hold(lookup())).hasMessageContaining("missing");
    assertThat(store.reads.get()).as("vain reads").isEqualTo(before);
  }

  @Test
  void theSetOfATableThatIsBackIsReadAgainAndFollowed() {
    insert("Ann");
    HeldLookup lookup = held();
    tables.uncaptured(Set.of("assigned", "another"));
    store.rows.clear();
    tables.uncaptured(Set.of("another"));
    lookup.await();
    assertThat(set(lookup)).isEqualTo("[]");
    insert("Bob");
    assertThat(set(lookup)).isEqualTo("[\"Bob\"]");
    assertThat(store.reads.get()).isEqualTo(2);
  }

  @Test
  void aTransactionThatPassesTheMostInItsMiddleLeavesTheSet() {
    insert("Ann", "Bob");
    HeldLookup lookup = held();
    Row third = assigned(3, "Cleo");
    Row first = Objects.requireNonNull(store.rows.remove(1L));
    store.rows.put(3L, third);
    moment(
        List.of(change(3, Op.INSERT, null, third, 3), change(4, Op.DELETE, first, null, 1)),
        List.of());
    assertThat(set(lookup)).isEqualTo("[\"Bob\",\"Cleo\"]");
    assertThat(store.reads.get()).isEqualTo(1);
  }

  @Test
  void aSetThatIsTooLargeIsReadAgainOnlyWhenItMayBeSmaller() {
    insert("Ann", "Bob");
    HeldLookup lookup = held();
    insert("Cleo", "Dora");
    assertThatThrownBy(() -> set(lookup)).hasMessageContaining("more of the lookup");
    assertThat(store.reads.get()).isEqualTo(1);
    delete(1);
    Await.until("it is read again", lookup::isValid);
    assertThatThrownBy(() -> set(lookup)).hasMessageContaining("more of the lookup");
    delete(2);
    Await.until("it is read again", lookup::isValid);
    assertThat(set(lookup)).isEqualTo("[\"Cleo\",\"Dora\"]");
  }
}

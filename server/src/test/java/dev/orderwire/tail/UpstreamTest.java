package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tail that reads while its upstream is silent. */
final class UpstreamTest {
  private static final List<String> TABLES = List.of("orders");

  /** While false, the upstream is silent; then it brings steps to where the tail is. */
  private final AtomicBoolean speaks = new AtomicBoolean();

  /** A position of another change log, which the upstream brings once while it speaks. */
  private final AtomicReference<@Nullable Position> foreign = new AtomicReference<>();

  /** How many steps of the tail's own log the upstream has brought. */
  private final AtomicInteger stepsBrought = new AtomicInteger();

  private TestDatabase database;
  private Mysql mysql;
  private Tail tail;

  @BeforeEach
  void wire() {
    database = TestMysql.database();
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT)");
    mysql = new Mysql(database.options());
    new TriggerCapture().install(mysql, TABLES, InstallOptions.DEFAULT);
    Position start = Tail.end(mysql);
    List<TableVersion> versions = TableVersions.read(mysql, TABLES);
    Feed feed = new Feed(start, new WatchedTables(versions), 100, 1 << 20);
    feed.onAppend(this::untilItIsBehind);
    tail = new Tail(mysql, versions, start, feed, Doorbell.NONE, this::next, LeadListener.NONE);
    tail.start();
  }

  @AfterEach
  void close() {
    tail.close();
    mysql.close();
    database.close();
  }

  private Upstream.Next next(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
    if (!speaks.get()) {
      return new Upstream.Next.Silent("a test");
    }
    Position here = tail.position();
    Position other = foreign.getAndSet(null);
    if (other != null) {
      return new Upstream.Next.Step(other, List.of(), List.of(), Map.of(), other, true);
    }
    stepsBrought.incrementAndGet();
    return new Upstream.Next.Step(here, List.of(), List.of(), Map.of(), here, true);
  }

  /** Makes a read last so long that it counts as a backlog, and ends the silence meanwhile. */
  private void untilItIsBehind() {
    speaks.set(true);
    LockSupport.parkNanos(1_200_000_000);
  }

  @Test
  void aLongReadIsNoBacklogAnyMoreOnceTheUpstreamBringsWhatFollows() {
    Await.until("it reads by itself", () -> tail.reads() > 0);
    database.execute("INSERT INTO orders (note) VALUES ('new')");
    Await.until("it is in a backlog", () -> tail.status() instanceof TailStatus.Behind);
    long reads = tail.reads();
    Await.until("it is not", () -> tail.status() instanceof TailStatus.Following);
    assertThat(tail.reads()).as("reads since").isLessThanOrEqualTo(reads + 1);
  }

  /** A log that has been replaced, or another database on the same bus. */
  @Test
  void aStepOfAnotherLogDoesNotKeepTheOnesBehindItFromTheTail() {
    foreign.set(new Position("another", 5, Ids.NONE));
    Await.until("it reads by itself", () -> tail.reads() > 0);
    speaks.set(true);
    Await.until("the foreign step has arrived", () -> foreign.get() == null);
    int before = stepsBrought.get();
    Await.until("it takes the steps behind it", () -> stepsBrought.get() > before + 3);
    assertThat(tail.status()).isInstanceOf(TailStatus.Following.class);
  }
}

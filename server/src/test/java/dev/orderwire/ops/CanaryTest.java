package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.WsClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stalls each stage of the real pipeline. */
class CanaryTest {
  private static final Duration PATIENCE = Duration.ofMillis(1_500);
  private static final String ROWS_IN_LOG =
      "SELECT COUNT(*) FROM orderwire_change_log WHERE table_name = 'orderwire_canary'";

  private TestDatabase database;

  @BeforeEach
  void create() {
    database = TestMysql.database();
  }

  @AfterEach
  void drop() {
    database.close();
  }

  private long number(String sql) {
    return Long.parseLong(String.valueOf(database.query(sql).getFirst().getFirst()));
  }

  private WatchedPipeline installed() {
    WatchedPipeline.install(database, database.options());
    return new WatchedPipeline(database, PATIENCE);
  }

  @Test
  void beatsArriveUnseenAndLeaveOneRow() {
    try (WatchedPipeline server = installed();
        WsClient client = WsClient.connect(server.uri("ws", "/ws?table=orders"))) {
      client.await("subscribed");
      server.awaitBeats(5);
      assertThat(server.health().at("/canary/roundTripMillis").isIntegralNumber()).isTrue();
      assertThat(server.metrics())
          .containsPattern("orderwire_canary_delay_seconds_count [1-9]")
          .contains("orderwire_canary_stalled{stage=\"gateway\"} 0.0");
      database.execute("INSERT INTO orders VALUES (1, 'new')");
      assertThat(client.nextChange().at("/row/id").intValue()).isEqualTo(1);
      // The row of the last beat, and that of the beat under way.
      assertThat(number(ROWS_IN_LOG)).isBetween(1L, 2L);
      assertThat(number("SELECT COUNT(*) FROM orderwire_canary")).isEqualTo(1);
      try (WsClient curious = WsClient.connect(server.uri("ws", "/ws?table=orderwire_canary"))) {
        assertThat(curious.await("error").get("code").asString()).isEqualTo("unknown_table");
      }
      assertThat(server.catalog.tables()).extracting(table -> table.name()).containsOnly("orders");
    }
  }

  @Test
  void theNewestRowOfTheChangeLogStays() throws SQLException {
    try (WatchedPipeline server = installed();
        Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      server.awaitBeat();
      long newest = 0;
      for (int beats = 0; beats < 20; ) {
        try (var row =
            statement.executeQuery("SELECT COALESCE(MAX(id), 0) FROM orderwire_change_log")) {
          row.next();
          assertThat(row.getLong(1)).isGreaterThanOrEqualTo(newest);
          beats += row.getLong(1) > newest ? 1 : 0;
          newest = row.getLong(1);
        }
      }
      assertThat(number(ROWS_IN_LOG)).isLessThan(20);
    }
  }

  @Test
  void aLockedCanaryTableIsAStallInWrite() throws SQLException {
    try (WatchedPipeline server = installed()) {
      server.awaitBeat();
      Instant before = Instant.now();
      try (Connection other = database.connect();
          Statement statement = other.createStatement()) {
        // A READ lock, as a WRITE lock would also lock the change log, and so stall the tail.
        statement.execute("LOCK TABLES orderwire_canary READ");
        server.awaitStall("write");
        assertThat(server.health().get("cause").asString()).contains("Lock wait timeout");
        assertThat(Instant.parse(server.health().get("since").asString()))
            .isBetween(before.minusSeconds(1), Instant.now());
        assertThat(server.isReady()).isTrue();
      }
      server.awaitBeat();
    }
  }

  @Test
  void failingTriggersAreAStallInLogAndThenAllTablesAreReset() {
    asDefiner(definer -> {
      try (WatchedPipeline server = new WatchedPipeline(database, PATIENCE)) {
        stallInLog(server, definer);
        database.execute("GRANT ALL ON " + database.name() + ".orderwire_change_log TO " + definer);
        server.awaitBeat();
        Await.until("reset", () -> server.isReset("orders"));
        server.awaitBeats(2);
        assertThat(
                number(
                    "SELECT COUNT(*) FROM orderwire_change_log"
                        + " WHERE table_name = 'orders' AND row_key IS NULL"))
            // One for the canary's beat, one for the privilege if the reconciler saw it missing,
            // and
            // one if its first check came after the canary had noted the missing change.
            .isBetween(1L, 3L);
      }
    });
  }

  @Test
  void aServerThatStartsAfterChangesWentUnloggedResetsAllTables() {
    asDefiner(definer -> {
      try (WatchedPipeline server = new WatchedPipeline(database, PATIENCE)) {
        stallInLog(server, definer);
      }
      database.execute("GRANT ALL ON " + database.name() + ".orderwire_change_log TO " + definer);
      try (WatchedPipeline next = new WatchedPipeline(database, PATIENCE)) {
        Await.until("reset", () -> next.isReset("orders"));
        Await.until(
            "the note is gone",
            () -> number("SELECT COUNT(*) FROM orderwire_state WHERE name = 'unlogged'") == 0);
      }
    });
  }

  /** Installs as a user of its own, with whose rights the triggers run. */
  private void asDefiner(Consumer<String> test) {
    String definer = "'definer_" + database.name() + "'@'127.0.0.1'";
    database.execute(
        "CREATE USER " + definer + " IDENTIFIED BY 'secret'",
        "GRANT ALL ON " + database.name() + ".orders TO " + definer,
        "GRANT ALL ON " + database.name() + ".orderwire_change_log TO " + definer,
        "GRANT ALL ON " + database.name() + ".orderwire_state TO " + definer,
        "GRANT ALL ON " + database.name() + ".orderwire_canary TO " + definer);
    try {
      MysqlOptions root = database.options();
      WatchedPipeline.install(
          database,
          new MysqlOptions(
              root.host(),
              root.port(),
              "definer_" + database.name(),
              "secret",
              root.database(),
              2,
              Map.of()));
      test.accept(definer);
    } finally {
      database.execute("DROP USER " + definer);
    }
  }

  /** Keeps the triggers from logging, and waits until the canary has noticed. */
  private void stallInLog(WatchedPipeline server, String definer) {
    server.awaitBeat();
    assertThat(server.isReset("orders")).isFalse();
    database.execute("REVOKE ALL ON " + database.name() + ".orderwire_change_log FROM " + definer);
    database.execute("INSERT INTO orders VALUES (1, 'unseen')");
    server.awaitStall("log");
    assertThat(server.health().get("cause").asString()).contains("orderwire doctor");
    assertThat(
            number(
                "SELECT COUNT(*) FROM orderwire_change_log"
                    + " WHERE table_name = 'orders' AND row_key IS NOT NULL"))
        .isZero();
  }

  @Test
  void aBlockedTailIsAStallInTail() {
    CountDownLatch releaseTail = new CountDownLatch(1);
    try (WatchedPipeline server = installed()) {
      server.awaitBeat();
      AtomicBoolean held = new AtomicBoolean();
      server.feed.onAppend(() -> {
        held.set(true);
        awaitUninterrupted(releaseTail);
      });
      try {
        Await.until("the tail is blocked", held::get);
        server.awaitStall("tail");
        assertThat(server.isReady()).isFalse();
      } finally {
        releaseTail.countDown();
      }
      server.awaitBeats(2);
      assertThat(server.isReady()).isTrue();
      // The rows written during the stall arrived late, and are deleted too.
      Await.until("old rows are deleted", () -> number(ROWS_IN_LOG) <= 2);
    }
  }

  @Test
  void aSlowServerKeepsNoGapForAMissedBeatOfAnother() {
    CountDownLatch releaseTail = new CountDownLatch(1);
    try (WatchedPipeline quick = installed();
        WatchedPipeline slow = new WatchedPipeline(database, PATIENCE)) {
      AtomicBoolean held = new AtomicBoolean();
      slow.feed.onAppend(() -> {
        held.set(true);
        awaitUninterrupted(releaseTail);
      });
      long unseen;
      try {
        Await.until("the tail is blocked", held::get);
        unseen = number("SELECT MAX(id) FROM orderwire_change_log") + 1;
        Await.until(
            "a beat comes and goes",
            () ->
                number("SELECT MAX(id) > " + unseen + " FROM orderwire_change_log") == 1
                    && number(
                            "SELECT COUNT(*) FROM orderwire_change_log WHERE id IN (%d, %d, %d)"
                                .formatted(unseen, unseen + 1, unseen + 2))
                        < 2);
        assertThat(slow.tail.position().covers(unseen)).isFalse();
      } finally {
        releaseTail.countDown();
      }
      Await.until("no gap", () -> slow.tail.position().covers(unseen) && slow.tail.gaps() == 0);
      slow.awaitBeats(2);
      quick.awaitBeats(2);
    }
  }

  @Test
  void aHangingEventLoopIsAStallInGateway() {
    try (WatchedPipeline server = installed();
        RawSocket hanging = RawSocket.connect(server.address)) {
      server.awaitBeat();
      hanging.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      server.awaitStall("gateway");
      assertThat(server.health().get("cause").asString()).contains("1 of ");
      assertThat(server.isReady()).isFalse();
      long cursor = server.feed.end().cursor();
      server.releaseLoop.countDown();
      assertThat(hanging.readAnswer()).startsWith("HTTP/1.1 200");
      server.awaitBeat();
      // The tail was not blocked.
      assertThat(server.feed.read(cursor, 1)).isInstanceOf(Reading.Moments.class);
    }
  }

  @Test
  void aDroppedTriggerIsRecreatedAndBeatsArriveAgain() {
    try (WatchedPipeline server = installed()) {
      server.awaitBeat();
      database.execute("DROP TRIGGER orderwire_orderwire_canary_update");
      Await.until(
          "the trigger is back",
          () ->
              !database.query("SHOW TRIGGERS LIKE 'orderwire_canary'").stream()
                  .filter(row -> "UPDATE".equals(row.get(1)))
                  .toList()
                  .isEmpty());
      server.awaitBeat();
      database.execute("DROP TABLE orderwire_canary");
      server.awaitBeats(2);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

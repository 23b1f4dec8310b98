package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.RedisServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RedisBusTest {
  private static RedisServer redis;

  @BeforeAll
  static void start(@TempDir Path folder) {
    redis = RedisServer.start(folder, "--appendfsync", "no");
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.cli("FLUSHALL");
  }

  private static int length() {
    return Integer.parseInt(redis.cli("XLEN", "orderwire"));
  }

  @Test
  void recordsArriveOnceAndInOrderAtEachFollower() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address());
        Bus.Follower first = bus.follow();
        Bus.Follower second = bus.follow();
        Bus.Follower third = bus.follow()) {
      List<BusRecord> published = BusRecords.of(3, 1, 5_000);
      for (int from = 0; from < 5_000; from += 50) {
        bus.publish(published.subList(from, from + 50));
      }
      for (Bus.Follower each : List.of(first, second, third)) {
        List<BusRecord> read = BusRecords.take(each, 5_000);
        assertThat(BusRecords.ids(read)).isEqualTo(BusRecords.ids(published));
        assertThat(read.get(77).body()).isEqualTo(published.get(77).body());
        assertThat(each.poll(0)).isEmpty();
      }
    }
  }

  @Test
  void aFollowerBeginsWithWhatIsPublishedAfterIt() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address())) {
      bus.publish(BusRecords.of(1, 1, 10));
      try (Bus.Follower follower = bus.follow()) {
        bus.publish(BusRecords.of(1, 11, 12));
        assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("1-11", "1-12");
      }
    }
  }

  @Test
  void aLeaderWhoseTermHasEndedIsRefused() throws InterruptedException {
    try (Bus stale = TestBus.bus(redis.address());
        Bus leader = TestBus.bus(redis.address());
        Bus.Follower follower = leader.follow()) {
      stale.publish(BusRecords.of(7, 1, 3));
      leader.publish(BusRecords.of(8, 1, 1));
      assertThatThrownBy(() -> stale.publish(BusRecords.of(7, 4, 6)))
          .isInstanceOf(StaleTermException.class)
          .hasMessageContaining("term 7")
          .hasMessageContaining("term 8");
      leader.publish(BusRecords.of(8, 2, 2));
      assertThat(BusRecords.ids(BusRecords.take(follower, 5)))
          .containsExactly("7-1", "7-2", "7-3", "8-1", "8-2");
    }
  }

  @Test
  void aLeaderWhoseTermHasEndedIsRefusedAlsoByAnEmptiedStream() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address())) {
      bus.publish(BusRecords.of(8, 1, 3));
      redis.cli("XTRIM", "orderwire", "MAXLEN", "0");
      assertThatThrownBy(() -> bus.publish(BusRecords.of(7, 4, 6)))
          .isInstanceOf(StaleTermException.class);
    }
  }

  @Test
  void whatWasPublishedIsNotPublishedAgain() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address())) {
      bus.publish(BusRecords.of(1, 1, 10));
      bus.publish(BusRecords.of(1, 1, 10));
      bus.publish(BusRecords.of(1, 4, 12));
      bus.publish(List.of());
      assertThat(length()).isEqualTo(12);
    }
  }

  @Test
  void largeRecordsArrive() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      List<BusRecord> published = BusRecords.of(1, 1, 12, 1 << 20);
      bus.publish(published);
      List<BusRecord> read = BusRecords.take(follower, 12);
      assertThat(BusRecords.ids(read)).isEqualTo(BusRecords.ids(published));
      assertThat(read.getLast().body()).isEqualTo(published.getLast().body());
    }
  }

  @Test
  void aPollBringsFewRecordsOnceTheyAreLarge() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 40, 1 << 20));
      List<Integer> polls = new ArrayList<>();
      for (int taken = 0; taken < 40; taken += polls.getLast()) {
        polls.add(follower.poll(5_000).size());
      }
      assertThat(polls.subList(1, polls.size())).allMatch(size -> size <= 4);
    }
  }

  @Test
  void theStreamKeepsTheNewestRecords() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address())) {
      bus.publish(BusRecords.of(1, 1, 105_000));
      assertThat(length()).isBetween(KeptEntries.MOST, KeptEntries.MOST + 200);
      assertThat(redis.cli("XREVRANGE", "orderwire", "+", "-", "COUNT", "1"))
          .startsWith("1-105000");
    }
  }

  @Test
  void theStreamKeepsFewerOfLargeRecords() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address())) {
      bus.publish(BusRecords.of(1, 1, 3_000, 1_000));
      bus.publish(BusRecords.of(1, 3_001, 3_100, 1 << 20));
      assertThat(length()).isBetween(62, 64);
    }
  }

  @Test
  void anEntryOfOthersIsSkippedWithOneWarning() throws InterruptedException {
    try (Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow();
        LogLines log = new LogLines("dev.orderwire.bus")) {
      redis.cli("XADD", "orderwire", "1-1", "colour", "red");
      redis.cli("XADD", "orderwire", "1-2", "body", "x", "colour", "red");
      redis.cli("XADD", "orderwire", "2-0", "body", "x");
      assertThat(follower.poll(200)).isEmpty();
      bus.publish(BusRecords.of(2, 1, 1));
      assertThat(BusRecords.ids(BusRecords.take(follower, 1))).containsExactly("2-1");
      assertThat(log.all()).singleElement().asString().startsWith("WARN").contains("1-1");
    }
  }

  @Test
  void nothingIsPublishedBehindAnEntryOfOthers() {
    try (Bus bus = TestBus.bus(redis.address())) {
      redis.cli("XADD", "orderwire", "*", "colour", "red");
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .isNotInstanceOf(StaleTermException.class)
          .hasMessageContaining("Delete the stream");
    }
  }

  @Test
  void aKeyOfAnotherTypeIsNamed() {
    try (Bus bus = TestBus.bus(redis.address())) {
      redis.cli("SET", "orderwire", "1");
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("WRONGTYPE");
      assertThatThrownBy(bus::follow)
          .isInstanceOf(BusException.class)
          .hasMessageContaining("WRONGTYPE");
    }
  }

  @Test
  void theStreamAndTheDatabaseCanBeChosen() throws InterruptedException {
    try (Bus bus =
        TestBus.bus(
            URI.create(redis.address() + "?stream=shop&clientName=ignored"),
            Map.of("database", "3", "clientName", "gateway-1"))) {
      bus.publish(BusRecords.of(1, 1, 2));
      assertThat(redis.cli("-n", "3", "XLEN", "shop")).isEqualTo("2");
      assertThat(redis.cli("CLIENT", "LIST")).contains("name=gateway-1");
      assertThat(bus).hasToString(redis.address().toString());
    }
  }
}

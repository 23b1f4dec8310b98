package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.KafkaServer;
import dev.orderwire.testing.LogLines;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaBusTest {
  private static KafkaServer kafka;
  private static int topics;

  private String topic = "";

  @BeforeAll
  static void start(@TempDir Path folder) {
    kafka = KafkaServer.start(folder);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @BeforeEach
  void anotherTopic() {
    topic = "moments-" + ++topics;
  }

  private Bus bus() {
    return TestBus.bus(kafka.address(), Map.of("topic", topic));
  }

  @Test
  void recordsArriveOnceAndInOrderAtEachFollower() throws InterruptedException {
    try (Bus bus = bus();
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
    try (Bus bus = bus()) {
      bus.publish(BusRecords.of(1, 1, 10));
      try (Bus.Follower follower = bus.follow()) {
        bus.publish(BusRecords.of(1, 11, 12));
        assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("1-11", "1-12");
      }
    }
  }

  @Test
  void aLeaderWhoseTermHasEndedIsToldAndItsRecordsDoNotCount() throws InterruptedException {
    try (Bus stale = bus();
        Bus leader = bus();
        Bus.Follower follower = leader.follow()) {
      stale.publish(BusRecords.of(7, 1, 3));
      leader.publish(BusRecords.of(8, 1, 1));
      assertThatThrownBy(() -> stale.publish(BusRecords.of(7, 4, 6)))
          .isInstanceOf(StaleTermException.class)
          .hasMessageContaining("term 7")
          .hasMessageContaining("term 8");
      int appended = Broker.read(kafka, topic).size();
      assertThatThrownBy(() -> stale.publish(BusRecords.of(7, 7, 7)))
          .isInstanceOf(StaleTermException.class);
      assertThat(Broker.read(kafka, topic)).as("it looks first").hasSize(appended);
      leader.publish(BusRecords.of(8, 2, 2));
      assertThat(BusRecords.ids(BusRecords.take(follower, 5)))
          .containsExactly("7-1", "7-2", "7-3", "8-1", "8-2");
    }
  }

  /** The new leader sees the offsets of the stale one, and goes on. */
  @Test
  void theLeaderIsNotDisturbedByAStaleOne() throws InterruptedException {
    try (Bus stale = bus();
        Bus leader = bus();
        Bus.Follower follower = leader.follow()) {
      stale.publish(BusRecords.of(7, 1, 1));
      leader.publish(BusRecords.of(8, 1, 1));
      assertThatThrownBy(() -> stale.publish(BusRecords.of(7, 2, 40)))
          .isInstanceOf(StaleTermException.class);
      leader.publish(BusRecords.of(8, 2, 3));
      leader.publish(BusRecords.of(8, 4, 4));
      assertThat(BusRecords.ids(BusRecords.take(follower, 5)))
          .containsExactly("7-1", "8-1", "8-2", "8-3", "8-4");
      assertThat(follower.poll(0)).isEmpty();
    }
  }

  @Test
  void whatWasPublishedIsReadOnce() throws InterruptedException {
    try (Bus bus = bus();
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 10));
      bus.publish(BusRecords.of(1, 1, 10));
      bus.publish(BusRecords.of(1, 4, 12));
      bus.publish(List.of());
      bus.publish(BusRecords.of(1, 13, 13));
      assertThat(BusRecords.ids(BusRecords.take(follower, 13)))
          .isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 13)));
      assertThat(follower.poll(0)).isEmpty();
    }
    // A process that does not know whether they were published looks.
    try (Bus bus = bus()) {
      int before = Broker.read(kafka, topic).size();
      bus.publish(BusRecords.of(1, 10, 14));
      assertThat(Broker.read(kafka, topic)).hasSize(before + 1);
    }
  }

  @Test
  void largeRecordsComeInParts() throws InterruptedException {
    try (Bus bus = bus();
        Bus.Follower follower = bus.follow()) {
      BusRecord small = BusRecords.of(1, 1, 1).getFirst();
      List<BusRecord> large = BusRecords.of(1, 2, 4, 5_000_000);
      for (int i = 0; i < 5_000_000; i++) {
        large.get(1).body()[i] = (byte) (i * 31);
      }
      bus.publish(List.of(small, large.get(0), large.get(1)));
      bus.publish(List.of(large.get(2)));
      List<BusRecord> read = BusRecords.take(follower, 4);
      assertThat(BusRecords.ids(read)).containsExactly("1-1", "1-2", "1-3", "1-4");
      assertThat(read.get(2).body()).isEqualTo(large.get(1).body());
      assertThat(Broker.read(kafka, topic)).hasSize(1 + 3 * 5);
      assertThat(Broker.read(kafka, topic)).allMatch(each -> each.value().length <= 1 << 20);
    }
  }

  @Test
  void partsFollowTheTopicsLimit() throws InterruptedException {
    Broker.create(kafka, topic, 1, Map.of("max.message.bytes", "20000"));
    try (Bus bus = bus();
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 3, 100_000));
      List<BusRecord> read = BusRecords.take(follower, 3);
      assertThat(read).allMatch(each -> each.body().length == 100_000);
      assertThat(Broker.read(kafka, topic)).hasSize(3 * 6);
    }
  }

  @Test
  void theTopicIsCreatedWithOnePartition() throws InterruptedException {
    try (LogLines lines = new LogLines("dev.orderwire.bus.kafka");
        Bus bus = bus()) {
      bus.publish(BusRecords.of(1, 1, 1));
      assertThat(Broker.partitions(kafka, topic)).isEqualTo(1);
      assertThat(lines.all())
          .containsExactly(
              "INFO Created the topic %s of Kafka at %s".formatted(topic, kafka.address()));
    }
  }

  @Test
  void aTopicWithMorePartitionsIsRefused() {
    Broker.create(kafka, topic, 2, Map.of());
    try (Bus bus = bus()) {
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("has 2 partitions, and needs 1");
      assertThatThrownBy(bus::follow).hasMessageContaining("has 2 partitions");
    }
  }

  @Test
  void foreignRecordsAreSkippedWithOneWarning() throws InterruptedException {
    try (LogLines lines = new LogLines("dev.orderwire.bus.kafka.KafkaFollower");
        Bus bus = bus();
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 1));
      Broker.append(kafka, topic, "hello".getBytes(UTF_8));
      Broker.append(kafka, topic, "hello".getBytes(UTF_8));
      bus.publish(BusRecords.of(1, 2, 2));
      assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("1-1", "1-2");
      assertThat(lines.all())
          .hasSize(1)
          .first()
          .asString()
          .contains("has a record at 1 that is not Orderwire's");
    }
  }

  /** Its place is gone: what it misses shows by the positions in the next record. */
  @Test
  void aFollowerWhosePlaceWasDeletedGoesOnAtTheEnd() throws InterruptedException {
    try (Bus bus = bus();
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(5, 1, 10));
      Broker.truncate(kafka, topic, 10);
      Await.until("the loss is told", () -> TestBus.lossIsTold(follower));
      bus.publish(BusRecords.of(5, 11, 12));
      assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("5-11", "5-12");
    }
  }

  @Test
  void allGoOnWithATopicThatWasDeleted() throws InterruptedException {
    try (Bus bus = TestBus.impatient(kafka.address(), topic);
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      BusRecords.publishInSpite(bus, BusRecords.of(5, 1, 10));
      assertThat(BusRecords.takeInSpite(follower, 10)).hasSize(10);
      Broker.delete(kafka, topic);
      BusRecords.publishInSpite(bus, BusRecords.of(5, 11, 12));
      Await.until(
          "it goes on",
          () -> {
            try {
              BusRecords.publishInSpite(bus, BusRecords.of(6, ++seq, seq));
              return !follower.poll(100).isEmpty();
            } catch (BusException e) {
              return false;
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private int seq;
}

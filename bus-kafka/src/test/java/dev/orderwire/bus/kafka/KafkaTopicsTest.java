package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.ChangeTopics;
import dev.orderwire.bus.StaleTermException;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.KafkaServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics of tables, on a broker that is killed. */
final class KafkaTopicsTest {
  private static KafkaServer kafka;
  private static int prefixes;

  private String prefix = "";

  @BeforeAll
  static void start(@TempDir Path folder) {
    kafka = KafkaServer.start(folder);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @BeforeEach
  void anotherPrefix() {
    prefix = "shop-" + ++prefixes;
  }

  private Bus bus(String... more) {
    Map<String, String> properties = new HashMap<>();
    properties.put("kafka.topics", "true");
    properties.put("kafka.prefix", prefix);
    properties.put("kafka.partitions", "3");
    for (int i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    return TestBus.bus(kafka.address(), properties);
  }

  private static ChangeTopics topics(Bus bus) {
    return bus.topics().orElseThrow();
  }

  private static List<ChangeTopics.Entry> records(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(
            i -> new ChangeTopics.Entry("orders", bytes("k" + i % 5), bytes("v" + i), "p" + i))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private List<ConsumerRecord<byte[], byte[]>> read() {
    return Broker.read(kafka, prefix + ".orders");
  }

  private List<String> values() {
    return read().stream().map(each -> new String(each.value(), UTF_8)).toList();
  }

  @Test
  void theyAreOffUnlessAskedFor() {
    try (Bus bus = bus("kafka.topics", "false")) {
      assertThat(bus.topics()).isEmpty();
    }
  }

  @Test
  void recordsArePartitionedByTheirKeyWithTheirPosition() throws InterruptedException {
    try (Bus bus = bus("kafka.options.retention.ms", "1234567");
        ChangeTopics.Session session = topics(bus).begin(1, List.of("orders", "line item-s"))) {
      assertThat(session.position()).isEmpty();
      session.append(records(1, 100), "reached");
      session.append(
          List.of(new ChangeTopics.Entry("orders", null, bytes("reset"), "p")), "reached 2");
    }
    assertThat(Broker.topics(kafka))
        .contains(prefix + ".orders", prefix + ".line-20item-2ds", prefix + "-positions");
    List<ConsumerRecord<byte[], byte[]>> read = read();
    Map<String, List<Integer>> partitions = new HashMap<>();
    int resets = 0;
    for (ConsumerRecord<byte[], byte[]> each : read) {
      if (each.key() == null) {
        resets++;
        continue;
      }
      partitions
          .computeIfAbsent(new String(each.key(), UTF_8), _ -> new ArrayList<>())
          .add(each.partition());
      assertThat(new String(each.headers().lastHeader("position").value(), UTF_8))
          .isEqualTo(new String(each.value(), UTF_8).replace('v', 'p'));
    }
    assertThat(resets).as("one in each partition").isEqualTo(3);
    assertThat(read).hasSize(103);
    assertThat(partitions).hasSize(5);
    assertThat(partitions.values())
        .allMatch(each -> each.size() == 20 && each.stream().distinct().count() == 1);
  }

  @Test
  void theNextSessionKnowsThePositionAndFencesTheOneBefore() throws InterruptedException {
    try (Bus first = bus();
        Bus second = bus();
        ChangeTopics.Session stale = topics(first).begin(5, List.of("orders"))) {
      stale.append(records(1, 10), "ten");
      stale.append(records(11, 11), "eleven");
      try (ChangeTopics.Session next = topics(second).begin(6, List.of("orders"))) {
        assertThat(next.position()).contains("eleven");
        assertThatThrownBy(() -> stale.append(records(12, 12), "twelve"))
            .isInstanceOf(BusException.class);
        next.append(records(12, 13), "thirteen");
        assertThatThrownBy(() -> topics(first).begin(5, List.of("orders")))
            .isInstanceOf(StaleTermException.class)
            .hasMessageContaining("term 5");
      }
      try (ChangeTopics.Session again = topics(second).begin(6, List.of("orders"))) {
        assertThat(again.position()).contains("thirteen");
      }
    }
    assertThat(values())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 13).mapToObj(i -> "v" + i).toList());
  }

  /** The position is found also behind many marks of transactions, and after compaction. */
  @Test
  void thePositionIsFoundAfterManyTransactions() throws InterruptedException {
    try (Bus bus = bus()) {
      try (ChangeTopics.Session session = topics(bus).begin(1, List.of("orders"))) {
        for (int i = 1; i <= 60; i++) {
          session.append(List.of(), "position " + i);
        }
      }
      for (int i = 0; i < 3; i++) {
        try (ChangeTopics.Session session = topics(bus).begin(1, List.of("orders"))) {
          assertThat(session.position()).contains("position 60");
        }
      }
    }
  }

  /** Would fail if a transaction without an answer were taken for lost, or for kept. */
  @Test
  void eachRecordIsKeptOnceWhileTheBrokerIsKilledAgainAndAgain() throws Exception {
    int last = 600;
    try (Bus bus = bus("timeout", "1s")) {
      Thread killer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 3; i++) {
                    Thread.sleep(1_500);
                    kafka.kill();
                    kafka.restart();
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      int next = 1;
      long deadline = System.nanoTime() + 3 * Await.LONGEST.toNanos();
      while (next <= last || killer.isAlive()) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        try (ChangeTopics.Session session = topics(bus).begin(1, List.of("orders"))) {
          next = session.position().map(Integer::parseInt).orElse(0) + 1;
          while (next <= last || killer.isAlive()) {
            int to = next + 4;
            session.append(records(next, to), Integer.toString(to));
            next = to + 1;
            Thread.sleep(20);
          }
        } catch (BusException e) {
          // The next session says what was kept.
          Thread.sleep(100);
        }
      }
      int reached = next - 1;
      assertThat(values())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(1, reached).mapToObj(i -> "v" + i).toList());
      Map<String, Integer> newest = new HashMap<>();
      for (ConsumerRecord<byte[], byte[]> each : read()) {
        int number = Integer.parseInt(new String(each.value(), UTF_8).substring(1));
        Integer before = newest.put(new String(each.key(), UTF_8), number);
        assertThat(number).isGreaterThan(before == null ? 0 : before);
      }
    }
  }

  /** As a leader that hangs in the middle of a transaction. */
  @Test
  void aTransactionThatIsNotCommittedIsNotKept() throws InterruptedException {
    try (Bus bus = bus()) {
      ChangeTopics.Session session = topics(bus).begin(1, List.of("orders"));
      session.append(records(1, 3), "three");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> session.append(records(4, 6), "six"))
          .isInstanceOf(InterruptedException.class);
      try (ChangeTopics.Session next = topics(bus).begin(2, List.of("orders"))) {
        Optional<String> kept = next.position();
        assertThat(kept).isPresent();
        int reached = kept.get().equals("six") ? 6 : 3;
        assertThat(values()).hasSize(reached);
      }
      session.close();
    }
  }

  @Test
  void theLimitOfATopicIsKnown() throws InterruptedException {
    try (Bus bus = bus("kafka.options.max.message.bytes", "20000");
        ChangeTopics.Session session = topics(bus).begin(1, List.of("orders"))) {
      assertThat(session.mostBytes("orders")).isBetween(15_000, 20_000);
    }
  }

  /** This user cannot ask for the limit, say: the broker's refusal teaches it. */
  @Test
  void aRefusedSizeIsNotTriedAgain() throws InterruptedException {
    try (Bus bus = bus()) {
      ChangeTopics topics = topics(bus);
      int most;
      try (ChangeTopics.Session session = topics.begin(1, List.of("orders"))) {
        most = session.mostBytes("orders");
        assertThatThrownBy(() ->
                session.append(
                    List.of(new ChangeTopics.Entry("orders", bytes("k"), new byte[2_000_000], "p")),
                    "large"))
            .isInstanceOf(BusException.class);
      }
      try (ChangeTopics.Session session = topics.begin(1, List.of("orders"))) {
        assertThat(session.mostBytes("orders")).isLessThanOrEqualTo(most);
        assertThat(session.position()).isEmpty();
        session.append(records(1, 1), "one");
      }
      assertThat(values()).containsExactly("v1");
    }
  }
}

package dev.orderwire.judge.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.judge.run.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that never loses anything, or that servers reach past their links, would prove nothing.
 */
@Timeout(300)
final class KafkaBrokerTest {
  private static final int RECORDS = 1_000;

  @TempDir private Path folder;

  @BeforeAll
  static void needsKafka() {
    assumeThat(KafkaProcess.classPathFile()).as("class path of Kafka's broker").isPresent();
  }

  private String run(KafkaBroker broker, String main, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    assertThat(broker.process().java(out, main, arguments).waitFor())
        .as(() -> main + " " + Arrays.toString(arguments))
        .isZero();
    return Files.readString(out);
  }

  private void produce(KafkaBroker broker, int link, String topic)
      throws IOException, InterruptedException {
    String servers = "127.0.0.1:" + link;
    run(
        broker,
        "org.apache.kafka.tools.TopicCommand",
        "--bootstrap-server",
        servers,
        "--create",
        "--topic",
        topic);
    run(
        broker,
        "org.apache.kafka.tools.ProducerPerformance",
        "--bootstrap-server",
        servers,
        "--topic",
        topic,
        "--throughput",
        "-1",
        "--num-records",
        String.valueOf(RECORDS),
        "--record-size",
        "200");
  }

  private static int count(KafkaBroker broker, String topic)
      throws IOException, InterruptedException {
    return broker.process().console("--topic", topic, "--timeout-ms", "4000").size();
  }

  @Test
  void dataSurvivesARestartUnlessItIsDropped() throws Exception {
    try (KafkaBroker broker = new KafkaBroker(folder.resolve("kafka"), 1, new Tally());
        Link link = broker.newLink()) {
      produce(broker, link.port(), "orderwire");
      produce(broker, link.port(), "orderwire.item");
      broker.process().kill();
      broker.process().restart();
      assertThat(count(broker, "orderwire")).isEqualTo(RECORDS);
      broker.process().kill();
      broker.truncate(50);
      broker.process().restart();
      assertThat(count(broker, "orderwire")).isBetween(1, RECORDS - 1);
      assertThat(broker.read()).as("records of tables").hasSize(RECORDS);
      assertThat(broker.read()).as("records of tables since then").isEmpty();
      assertThat(broker.takeLost()).isFalse();
      broker.process().kill();
      broker.restartEmpty();
      assertThat(broker.takeLost()).isTrue();
      assertThat(broker.takeLost()).isFalse();
      assertThat(broker.read()).isEmpty();
      assertThat(broker.isWritten()).isFalse();
    }
  }

  @Test
  void aServerIsToldToConnectToItsLink() throws Exception {
    try (KafkaBroker broker = new KafkaBroker(folder.resolve("kafka"), 2, new Tally());
        Link first = broker.newLink();
        Link second = broker.newLink()) {
      for (Link each : new Link[] {first, second}) {
        assertThat(
                run(
                    broker,
                    "org.apache.kafka.tools.ClusterTool",
                    "list-endpoints",
                    "--bootstrap-server",
                    "127.0.0.1:" + each.port()))
            .contains(String.valueOf(each.port()));
      }
    }
  }
}

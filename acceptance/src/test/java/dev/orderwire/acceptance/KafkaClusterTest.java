package dev.orderwire.acceptance;

import dev.orderwire.testing.KafkaServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relays and gateways as processes, with a Kafka, while their parts die under load. */
final class KafkaClusterTest {
  @TempDir private Path home;
  @TempDir private Path data;
  @TempDir private Path kafkaData;
  private KafkaServer kafka;
  private BusyCluster cluster;

  @BeforeEach
  void start() throws IOException {
    kafka = KafkaServer.start(kafkaData);
    cluster = new BusyCluster(home, data, kafka.address());
  }

  @AfterEach
  void end() {
    cluster.close();
    kafka.close();
  }

  @Test
  void clientsGetEachChangeOnceWhileRelaysGatewaysAndKafkaDie() throws Exception {
    cluster.assertEachChangeComesOnceDespite(() -> {
      kafka.kill();
      cluster.awaitMoreChanges();
      kafka.restart();
      cluster.awaitMoreChanges();
      cluster.awaitBusInUse();
      kafka.kill();
      kafka.restartWithoutData();
      cluster.awaitMoreChanges();
    });
  }
}

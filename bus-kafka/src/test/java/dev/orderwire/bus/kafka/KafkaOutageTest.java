package dev.orderwire.bus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.KafkaServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka is killed, hangs, or comes back without its data. */
final class KafkaOutageTest {
  @TempDir private Path folder;
  private KafkaServer kafka;

  @BeforeEach
  void start() {
    kafka = KafkaServer.start(folder);
  }

  @AfterEach
  void end() {
    kafka.close();
  }

  private Bus impatient() {
    return TestBus.impatient(kafka.address(), "orderwire");
  }

  @Test
  void aBusIsOpenedWithoutKafkaAndConnectsLater() throws InterruptedException {
    kafka.kill();
    try (Bus bus = impatient()) {
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining(kafka.address().toString());
      assertThatThrownBy(bus::follow)
          .isInstanceOf(BusException.class)
          .hasMessageContaining("does not answer");
      kafka.restart();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 1));
      try (Bus.Follower follower = BusRecords.followInSpite(bus)) {
        BusRecords.publishInSpite(bus, BusRecords.of(1, 2, 2));
        assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 1))).containsExactly("1-2");
      }
    }
  }

  @Test
  void eachRecordArrivesOnceWhileKafkaIsKilledAgainAndAgain() throws Exception {
    AtomicInteger published = new AtomicInteger();
    try (Bus bus = impatient();
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      CompletableFuture<Void> publisher =
          CompletableFuture.runAsync(() -> {
            try {
              for (int seq = 1; seq <= 3_000; seq += 10) {
                BusRecords.publishInSpite(bus, BusRecords.of(1, seq, seq + 9));
                published.set(seq + 9);
              }
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      for (int i = 1; i <= 2; i++) {
        int reached = i * 700;
        Await.until("published", () -> published.get() >= reached);
        kafka.kill();
        kafka.restart();
      }
      List<BusRecord> read = BusRecords.takeInSpite(follower, 3_000);
      publisher.get();
      assertThat(BusRecords.ids(read)).isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 3_000)));
      assertThat(follower.poll(0)).isEmpty();
    }
  }

  @Test
  void aRepeatAfterAnUnknownOutcomeIsReadOnce() throws InterruptedException {
    try (Bus bus = impatient();
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 1));
      kafka.pause();
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 2, 50)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("does not answer");
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 2, 50)))
          .isInstanceOf(BusException.class);
      kafka.resume();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 2, 60));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 60)))
          .isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 60)));
      assertThat(follower.poll(0)).isEmpty();
    }
  }

  @Test
  void aStaleLeaderIsToldAlsoAfterAnUnknownOutcome() throws InterruptedException {
    try (Bus stale = impatient();
        Bus leader = impatient()) {
      BusRecords.publishInSpite(stale, BusRecords.of(1, 1, 1));
      kafka.pause();
      assertThatThrownBy(() -> stale.publish(BusRecords.of(1, 2, 3)))
          .isInstanceOf(BusException.class);
      kafka.resume();
      BusRecords.publishInSpite(leader, BusRecords.of(2, 1, 1));
      Await.until("the stale leader is told", () -> isStale(stale));
    }
  }

  private static boolean isStale(Bus bus) {
    try {
      bus.publish(BusRecords.of(1, 4, 4));
      return false;
    } catch (StaleTermException e) {
      return true;
    } catch (BusException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It says so, instead of waiting in silence for ever. */
  @Test
  void aFollowerOfAKilledKafkaSaysSoAndGoesOnLater() throws InterruptedException {
    try (Bus bus = impatient();
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      kafka.kill();
      Await.until("it says so", () -> TestBus.lossIsTold(follower, "does not answer"));
      kafka.restart();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 3));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 3)))
          .containsExactly("1-1", "1-2", "1-3");
    }
  }

  @Test
  void allGoOnAfterKafkaLostItsData() throws InterruptedException {
    try (Bus bus = impatient();
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      BusRecords.publishInSpite(bus, BusRecords.of(5, 1, 10));
      assertThat(BusRecords.takeInSpite(follower, 10)).hasSize(10);
      kafka.kill();
      kafka.restartWithoutData();
      BusRecords.publishInSpite(bus, BusRecords.of(5, 11, 12));
      Await.until("the loss is told", () -> TestBus.lossIsTold(follower));
      BusRecords.publishInSpite(bus, BusRecords.of(5, 13, 14));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 2))).contains("5-13", "5-14");
    }
  }

  @Test
  void aPollEndsWhenTheBusIsClosed() {
    Bus bus = impatient();
    Bus.Follower follower = TestBus.await(bus);
    CompletableFuture<List<BusRecord>> polled = later(follower);
    bus.close();
    assertThatThrownBy(polled::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(BusException.class);
    assertThatThrownBy(() -> follower.poll(100))
        .isInstanceOf(BusException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
        .isInstanceOf(BusException.class)
        .hasMessageContaining("closed");
    follower.close();
  }

  private static CompletableFuture<List<BusRecord>> later(Bus.Follower follower) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return follower.poll(60_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void aPollCanBeInterruptedAndGoesOnLater() throws InterruptedException {
    try (Bus bus = impatient();
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      CompletableFuture<String> end = new CompletableFuture<>();
      Thread polling =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  end.complete("records: " + follower.poll(60_000));
                } catch (InterruptedException e) {
                  end.complete("interrupted");
                }
              });
      polling.interrupt();
      assertThat(end.join()).isEqualTo("interrupted");
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 1));
      assertThat(BusRecords.takeInSpite(follower, 1)).hasSize(1);
    }
  }
}

package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.RedisServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis is killed, hangs, or comes back with other data. */
final class RedisOutageTest {
  @TempDir private Path folder;

  @Test
  void aBusIsOpenedWithoutRedisAndConnectsLater() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address())) {
      redis.kill();
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining(redis.address().toString());
      assertThatThrownBy(bus::follow).isInstanceOf(BusException.class);
      redis.restart();
      bus.publish(BusRecords.of(1, 1, 1));
      try (Bus.Follower follower = bus.follow()) {
        bus.publish(BusRecords.of(1, 2, 2));
        assertThat(BusRecords.ids(BusRecords.take(follower, 1))).containsExactly("1-2");
      }
    }
  }

  /** Would fail if a connection were not given up, or a place lost with it. */
  @Test
  void allGoOnAfterRedisWasKilled() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 10));
      assertThat(BusRecords.take(follower, 10)).hasSize(10);
      bus.publish(BusRecords.of(1, 11, 20));
      redis.kill();
      assertThatThrownBy(() -> follower.poll(1_000)).isInstanceOf(BusException.class);
      assertThatThrownBy(() -> follower.poll(1_000)).isInstanceOf(BusException.class);
      redis.restart();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 11, 30));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 20)))
          .isEqualTo(BusRecords.ids(BusRecords.of(1, 11, 30)));
      assertThat(redis.cli("XLEN", "orderwire")).isEqualTo("30");
    }
  }

  @Test
  void eachRecordArrivesOnceWhileRedisIsKilledAgainAndAgain() throws Exception {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.impatient(redis.address());
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      CompletableFuture<Void> publisher =
          CompletableFuture.runAsync(() -> {
            try {
              for (int seq = 1; seq <= 3_000; seq += 10) {
                BusRecords.publishInSpite(bus, BusRecords.of(1, seq, seq + 9));
              }
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      for (int i = 1; i <= 3; i++) {
        int reached = i * 500;
        Await.until("published", () -> Integer.parseInt(redis.cli("XLEN", "orderwire")) >= reached);
        redis.kill();
        redis.restart();
      }
      List<BusRecord> read = BusRecords.takeInSpite(follower, 3_000);
      publisher.get();
      assertThat(BusRecords.ids(read)).isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 3_000)));
    }
  }

  /** The first call ends without an answer, and Redis carries it out later. */
  @Test
  void aRepeatAfterAnUnknownOutcomeIsNotPublishedTwice() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.impatient(redis.address());
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 1));
      redis.pause();
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 2, 50)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("does not answer");
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 2, 50)))
          .isInstanceOf(BusException.class);
      redis.resume();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 2, 60));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 60)))
          .isEqualTo(BusRecords.ids(BusRecords.of(1, 1, 60)));
      assertThat(redis.cli("XLEN", "orderwire")).isEqualTo("60");
    }
  }

  @Test
  void aStaleLeaderIsRefusedAlsoAfterAnUnknownOutcome() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus stale = TestBus.impatient(redis.address());
        Bus leader = TestBus.bus(redis.address())) {
      BusRecords.publishInSpite(stale, BusRecords.of(1, 1, 1));
      redis.pause();
      assertThatThrownBy(() -> stale.publish(BusRecords.of(1, 2, 3)))
          .isInstanceOf(BusException.class);
      redis.resume();
      BusRecords.publishInSpite(leader, BusRecords.of(2, 1, 1));
      Await.until(
          "the stale leader is refused",
          () -> {
            try {
              stale.publish(BusRecords.of(1, 4, 4));
              return false;
            } catch (StaleTermException e) {
              return true;
            } catch (BusException e) {
              return false;
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  @Test
  void aFollowerOfAHangingRedisGoesOnLater() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.impatient(redis.address());
        Bus.Follower follower = BusRecords.followInSpite(bus)) {
      redis.pause();
      assertThatThrownBy(() -> follower.poll(100)).isInstanceOf(BusException.class);
      assertThatThrownBy(() -> follower.poll(100)).isInstanceOf(BusException.class);
      redis.resume();
      BusRecords.publishInSpite(bus, BusRecords.of(1, 1, 3));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 3)))
          .containsExactly("1-1", "1-2", "1-3");
    }
  }

  @Test
  void allGoOnAfterRedisLostItsData() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(5, 1, 10));
      assertThat(BusRecords.take(follower, 10)).hasSize(10);
      redis.kill();
      redis.restartWithoutData();
      BusRecords.publishInSpite(bus, BusRecords.of(5, 11, 12));
      assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 2)))
          .containsExactly("5-11", "5-12");
    }
  }

  /** Terms never fall in one database, but another one may be behind the same Redis later. */
  @Test
  void aFollowerGoesOnWithLowerTermsAfterRedisLostItsData() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(5, 1, 10));
      assertThat(BusRecords.take(follower, 10)).hasSize(10);
      redis.kill();
      redis.restartWithoutData();
      Await.until("the loss is told", () -> lossIsTold(follower, "it ends at 0-0, and 5-10"));
      BusRecords.publishInSpite(bus, BusRecords.of(2, 1, 2));
      assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("2-1", "2-2");
    }
  }

  private static boolean lossIsTold(Bus.Follower follower, String how) {
    try {
      assertThat(follower.poll(100)).isEmpty();
      return false;
    } catch (BusException e) {
      return String.valueOf(e.getMessage()).contains(how);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void allGoOnAfterTheStreamWasDeleted() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(5, 1, 10));
      assertThat(BusRecords.take(follower, 10)).hasSize(10);
      redis.cli("FLUSHALL");
      bus.publish(BusRecords.of(5, 11, 12));
      assertThat(BusRecords.ids(BusRecords.take(follower, 2))).containsExactly("5-11", "5-12");
      redis.cli("FLUSHALL");
      Await.until("the loss is told", () -> lossIsTold(follower, "it ends at 0-0, and 5-12"));
      bus.publish(BusRecords.of(1, 1, 1));
      assertThat(BusRecords.ids(BusRecords.take(follower, 1))).containsExactly("1-1");
    }
  }

  /** As a fail-over to a replica that was cut off does. */
  @Test
  void allGoOnAfterAFailOverThatLostAcknowledgedEntries() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        RedisServer replica =
            RedisServer.start(folder, "--replicaof", "127.0.0.1 " + redis.port());
        Bus bus = TestBus.bus(redis.address());
        Bus there = TestBus.bus(replica.address())) {
      bus.publish(BusRecords.of(1, 1, 10));
      Await.until("copied", () -> replica.cli("XLEN", "orderwire").equals("10"));
      assertThatThrownBy(() -> there.publish(BusRecords.of(1, 11, 11)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("READONLY");
      try (Bus.Follower follower = there.follow()) {
        bus.publish(BusRecords.of(1, 11, 11));
        assertThat(BusRecords.ids(BusRecords.take(follower, 1))).containsExactly("1-11");
        replica.cli("REPLICAOF", "NO", "ONE");
        bus.publish(BusRecords.of(1, 12, 15));
        redis.kill();
        BusRecords.publishInSpite(there, BusRecords.of(1, 16, 17));
        assertThat(BusRecords.ids(BusRecords.takeInSpite(follower, 2)))
            .containsExactly("1-16", "1-17");
      }
    }
  }

  @Test
  void aPollEndsWhenTheBusIsClosed() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder)) {
      Bus bus = TestBus.bus(redis.address());
      Bus.Follower follower = bus.follow();
      CompletableFuture<List<BusRecord>> polled = later(follower);
      Await.until("it polls", () -> redis.cli("CLIENT", "LIST").contains("cmd=xread"));
      bus.close();
      assertThatThrownBy(polled::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(BusException.class);
      assertThatThrownBy(() -> follower.poll(100)).isInstanceOf(BusException.class);
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("closed");
      follower.close();
    }
  }

  @Test
  void aPollEndsWhenItsFollowerIsClosed() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address())) {
      Bus.Follower follower = bus.follow();
      CompletableFuture<List<BusRecord>> polled = later(follower);
      Await.until("it polls", () -> redis.cli("CLIENT", "LIST").contains("cmd=xread"));
      follower.close();
      assertThatThrownBy(polled::get).hasCauseInstanceOf(BusException.class);
      Await.until("no connection", () -> !redis.cli("CLIENT", "LIST").contains("cmd=xread"));
    }
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
    try (RedisServer redis = RedisServer.start(folder);
        Bus bus = TestBus.bus(redis.address());
        Bus.Follower follower = bus.follow()) {
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
      Await.until("it polls", () -> redis.cli("CLIENT", "LIST").contains("cmd=xread"));
      polling.interrupt();
      assertThat(end.join()).isEqualTo("interrupted");
      bus.publish(BusRecords.of(1, 1, 1));
      assertThat(BusRecords.take(follower, 1)).hasSize(1);
    }
  }

  @Test
  void nothingListensAtTheAddress() {
    URI nowhere = URI.create("redis://127.0.0.1:" + RedisServer.freePort());
    try (Bus bus = TestBus.bus(nowhere)) {
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasMessageContaining("Connection refused");
    }
  }
}

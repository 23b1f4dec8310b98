package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class MeanwhileTest {
  @Test
  void itsMakerGoesOnAndWaitsForAllOfIt() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();

    Meanwhile work =
        Meanwhile.run(() -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          done.set(true);
        });
    assertThat(done).isFalse();
    goOn.countDown();
    work.await();

    assertThat(done).isTrue();
  }

  @Test
  void whatFailsThereIsThrownWhereItIsAwaited() {
    IllegalStateException failure = new IllegalStateException("no driver");

    Meanwhile work =
        Meanwhile.run(() -> {
          throw failure;
        });

    assertThatThrownBy(work::await).hasRootCause(failure);
  }

  @Test
  @Timeout(10)
  void nothingIsNotWaitedFor() throws InterruptedException {
    Meanwhile.nothing().await();
  }
}

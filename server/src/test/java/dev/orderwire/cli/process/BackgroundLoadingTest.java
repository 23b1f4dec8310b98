package dev.orderwire.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BackgroundLoadingTest {
  @Test
  void theCallerContinuesAndCanWait() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();

    BackgroundLoading loading =
        BackgroundLoading.start(() -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          done.set(true);
        });
    assertThat(done).isFalse();
    goOn.countDown();
    loading.await();

    assertThat(done).isTrue();
  }

  @Test
  void awaitThrowsAFailureOfTheLoader() {
    IllegalStateException failure = new IllegalStateException("no driver");

    BackgroundLoading loading =
        BackgroundLoading.start(() -> {
          throw failure;
        });

    assertThatThrownBy(loading::await).hasRootCause(failure);
  }

  @Test
  @Timeout(10)
  void awaitReturnsAtOnceIfThereIsNothingToLoad() throws InterruptedException {
    BackgroundLoading.none().await();
  }
}

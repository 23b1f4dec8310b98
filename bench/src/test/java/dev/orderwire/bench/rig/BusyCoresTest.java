package dev.orderwire.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BusyCoresTest {
  @Test
  void aSpinningThreadKeepsAtLeastOneCoreBusy() throws IOException {
    BusyCores busy = BusyCores.start();
    long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      long cores = lines.filter(line -> line.startsWith("processor")).count();
      assertThat(busy.cores()).isBetween(0.8, (double) cores);
    }
  }

  @Test
  void theResultIsANumberEvenIfNoTimeHasPassed() throws IOException {
    assertThat(BusyCores.start().cores()).isNotNegative().isNotNaN();
  }
}

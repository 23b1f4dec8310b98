package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CaptureDelaysTest {
  private final CaptureDelays delays = new CaptureDelays(Duration.ofHours(1), 2);
  private final long now = System.nanoTime();

  @Test
  void aChangeCountsOnceWhetherCommitOrArrivalIsReportedFirst() throws Exception {
    delays.committed(1, now, now + 1_000);
    delays.arrived(1, now + 3_000);
    delays.arrived(2, now + 500);
    delays.committed(2, now, now + 1_000);
    assertThat(delays.awaitAll(Duration.ZERO)).isTrue();
    CaptureWindow window = delays.windows().getFirst();
    assertThat(window.fromBegin().getMaxValue()).isBetween(2_990L, 3_010L);
    assertThat(window.fromBegin().getMinNonZeroValue()).isEqualTo(500);
    assertThat(window.fromCommit().getCountAtValue(0)).isEqualTo(1);
    assertThat(window.fromCommit().getTotalCount()).isEqualTo(2);
  }

  @Test
  void aCommitAfterTheLastWindowCountsInTheLastWindow() throws Exception {
    long late = now + Duration.ofHours(9).toNanos();
    delays.committed(1, late, late);
    delays.arrived(1, late + 1);
    assertThat(delays.awaitAll(Duration.ZERO)).isTrue();
    assertThat(delays.windows().getLast().fromCommit().getTotalCount()).isEqualTo(1);
  }

  @Test
  void aCommittedWriteThatHasNotArrivedIsMissing() throws Exception {
    delays.committed(1, now, now);
    assertThat(delays.awaitAll(Duration.ZERO)).isFalse();
  }

  @Test
  void aChangeThatArrivesTwiceIsAnError() {
    delays.committed(1, now, now);
    delays.arrived(1, now);
    delays.arrived(1, now);
    assertThatThrownBy(() -> delays.awaitAll(Duration.ZERO)).hasMessageContaining("twice");
  }
}

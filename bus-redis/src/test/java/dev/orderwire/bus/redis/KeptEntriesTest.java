package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.BusRecord;
import org.junit.jupiter.api.Test;

final class KeptEntriesTest {
  private static final int MEGABYTE = 1 << 20;

  private final KeptEntries kept = new KeptEntries();
  private long seq;

  private int with(long term, int bytes) {
    return kept.with(new BusRecord(term, ++seq, new byte[bytes]));
  }

  @Test
  void olderEntriesAreTakenForAsLarge() {
    assertThat(with(1, 100)).isEqualTo(KeptEntries.MOST);
    assertThat(with(2, MEGABYTE)).isEqualTo(63);
  }

  @Test
  void asManyAsFit() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(with(1, 1_000)).isBetween(65_000, 66_000);
    }
    for (int i = 0; i < 62; i++) {
      assertThat(with(1, MEGABYTE)).isGreaterThan(62);
    }
    for (int i = 0; i < 100; i++) {
      with(1, MEGABYTE);
    }
    assertThat(with(1, MEGABYTE)).isEqualTo(63);
    int last = 0;
    for (int i = 0; i < 200_000; i++) {
      last = with(1, 0);
    }
    assertThat(last).isEqualTo(KeptEntries.MOST);
  }

  @Test
  void oneIsAlwaysKept() {
    assertThat(with(1, (int) KeptEntries.MOST_BYTES + MEGABYTE)).isEqualTo(1);
    assertThat(with(1, (int) KeptEntries.MOST_BYTES + MEGABYTE)).isEqualTo(1);
  }

  @Test
  void aRepeatCountsOnce() {
    BusRecord large = new BusRecord(1, 1, new byte[MEGABYTE]);
    for (int i = 0; i < 1_000; i++) {
      assertThat(kept.with(large)).isEqualTo(63);
    }
    assertThat(kept.with(new BusRecord(1, 2, new byte[0]))).isGreaterThan(120);
  }
}

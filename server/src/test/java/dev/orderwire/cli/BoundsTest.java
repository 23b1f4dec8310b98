package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.gateway.protocol.Limit;
import org.junit.jupiter.api.Test;

final class BoundsTest {
  private static final long MEGABYTE = 1L << 20;

  @Test
  void whereNothingIsSetTheyGoByTheMachine() {
    assertThat(bounds(0, 0, 6_000 * MEGABYTE, 24_000 * MEGABYTE))
        .isEqualTo(new Bounds(6_000 * MEGABYTE, 3_000 * MEGABYTE, 32 * MEGABYTE));
    assertThat(bounds(0, 0, 128 * MEGABYTE, 512 * MEGABYTE))
        .isEqualTo(new Bounds(128 * MEGABYTE, 64 * MEGABYTE, 8 * MEGABYTE));
    assertThat(bounds(0, 0, 64 * MEGABYTE, 256 * MEGABYTE).direct()).isEqualTo(64 * MEGABYTE);
  }

  @Test
  void whatIsSetHolds() {
    assertThat(bounds(100, 50_000_000, 100_000_000, 1_000 * MEGABYTE))
        .isEqualTo(new Bounds(100_000_000, 100 * MEGABYTE, 50_000_000));
  }

  @Test
  void aFeedOfMoreThanHalfTheHeapIsRefused() {
    assertThatThrownBy(() -> bounds(0, 50_000_001, 100_000_000, 1_000 * MEGABYTE))
        .isInstanceOfSatisfying(
            OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("bad_settings"))
        .hasMessageContaining("feed.max-bytes is 50000001")
        .hasMessageContaining("heap of 100000000 bytes")
        .hasMessageContaining("JAVA_OPTS=-Xmx96m");
    assertThat(bounds(0, 50_000_001, 96 * MEGABYTE, 1_000 * MEGABYTE).feed()).isEqualTo(50_000_001);
  }

  @Test
  void directMemoryIsNeitherTooLittleToServeNorMoreThanThereIs() {
    for (int megabytes : new int[] {1, 31, 1_001}) {
      assertThatThrownBy(() -> bounds(megabytes, 0, 250 * MEGABYTE, 1_000 * MEGABYTE))
          .isInstanceOf(OrderwireException.class)
          .hasMessageContaining("must be 32 to 1000")
          .hasMessageContaining("not " + megabytes + ";");
    }
  }

  @Test
  void whatIsSharedLeavesRoomInALittleMemory() {
    Bounds small = new Bounds(64 * MEGABYTE, 64 * MEGABYTE, MEGABYTE);
    assertThat(small.shares().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(32 * MEGABYTE);

    new Bounds(MEGABYTE, 3_000 * MEGABYTE, MEGABYTE)
        .shares()
        .forEach((limit, bytes) -> assertThat(bytes).isEqualTo(limit.number()));
    assertThat(small.shares()).containsKey(Limit.SHARED_BYTES);
  }

  private static Bounds bounds(int direct, long feed, long heap, long machine) {
    return Bounds.of(new Settings.Memory(direct), new Settings.Feed(100_000, feed), heap, machine);
  }
}

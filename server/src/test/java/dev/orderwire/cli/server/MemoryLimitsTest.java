package dev.orderwire.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.gateway.protocol.Limit;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemoryLimitsTest {
  private static final long MEGABYTE = 1L << 20;

  @Test
  void defaultsDependOnTheMachine() {
    assertThat(limits(0, 0, 6_000 * MEGABYTE, 24_000 * MEGABYTE))
        .isEqualTo(new MemoryLimits(6_000 * MEGABYTE, 3_000 * MEGABYTE, 32 * MEGABYTE));
    assertThat(limits(0, 0, 128 * MEGABYTE, 512 * MEGABYTE))
        .isEqualTo(new MemoryLimits(128 * MEGABYTE, 64 * MEGABYTE, 8 * MEGABYTE));
    assertThat(limits(0, 0, 64 * MEGABYTE, 256 * MEGABYTE).direct()).isEqualTo(64 * MEGABYTE);
  }

  @Test
  void configuredLimitsApply() {
    assertThat(limits(100, 50_000_000, 100_000_000, 1_000 * MEGABYTE))
        .isEqualTo(new MemoryLimits(100_000_000, 100 * MEGABYTE, 50_000_000));
  }

  @Test
  void aFeedOfMoreThanHalfTheHeapIsRejected() {
    assertThatThrownBy(() -> limits(0, 50_000_001, 100_000_000, 1_000 * MEGABYTE))
        .isInstanceOfSatisfying(
            OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("bad_settings"))
        .hasMessageContaining("feed.max-bytes is 50000001")
        .hasMessageContaining("heap of 100000000 bytes")
        .hasMessageContaining("JAVA_OPTS=-Xmx96m");
    assertThat(limits(0, 50_000_001, 96 * MEGABYTE, 1_000 * MEGABYTE).feed()).isEqualTo(50_000_001);
  }

  @Test
  void directMemoryOutOfRangeIsRejected() {
    for (int megabytes : new int[] {1, 31, 1_001}) {
      assertThatThrownBy(() -> limits(megabytes, 0, 250 * MEGABYTE, 1_000 * MEGABYTE))
          .isInstanceOf(OrderwireException.class)
          .hasMessageContaining("must be 32 to 1000 (")
          .hasMessageContaining("not " + megabytes + ";");
    }
  }

  @Test
  void sharedLimitsShrinkWithALittleDirectMemory() {
    MemoryLimits small = new MemoryLimits(64 * MEGABYTE, 64 * MEGABYTE, MEGABYTE);
    Map<Limit, Long> shared = new EnumMap<>(small.shared());
    // A part of UNTAKEN_BYTES.
    assertThat(shared.remove(Limit.CLIENT_UNTAKEN_BYTES)).isEqualTo(4 * MEGABYTE);
    assertThat(shared.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(48 * MEGABYTE);

    new MemoryLimits(MEGABYTE, 3_000 * MEGABYTE, MEGABYTE)
        .shared()
        .forEach((limit, bytes) -> assertThat(bytes).isEqualTo(limit.number()));
    assertThat(small.shared()).containsKey(Limit.SHARED_BYTES);
  }

  private static MemoryLimits limits(int direct, long feed, long heap, long machine) {
    return MemoryLimits.of(
        new Settings.Memory(direct), new Settings.Feed(100_000, feed), heap, machine);
  }
}

package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.tail.doorbell.Doorbell;
import org.junit.jupiter.api.Test;

class ProbeScheduleTest {
  private static final long STEP = 200_000_000;

  private final HandBell bell = new HandBell();
  private final ProbeSchedule looks = new ProbeSchedule(bell);
  private long now = Long.MAX_VALUE - STEP;

  private boolean areDue() {
    now += STEP;
    return looks.areDue(now);
  }

  @Test
  void withoutALivingBellEachTime() {
    bell.live = false;
    for (int i = 0; i < 5; i++) {
      assertThat(areDue()).isTrue();
    }
  }

  @Test
  void afterARingTwiceAsItRingsBeforeTheStatementIsDone() {
    assertThat(areDue()).isTrue();
    bell.rings++;
    for (int i = 0; i < 2; i++) {
      assertThat(areDue()).isFalse();
      assertThat(areDue()).isFalse();
      assertThat(areDue()).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(areDue()).isFalse();
    }
    assertThat(areDue()).isTrue();
  }

  @Test
  void whileItRingsAllTheTimeTwiceASecondAtTheMost() {
    int looks = 0;
    for (int i = 0; i < 300; i++) {
      bell.rings++;
      looks += areDue() ? 1 : 0;
    }
    assertThat(looks).isEqualTo(100);
  }

  @Test
  void withoutARingWithinASecond() {
    assertThat(areDue()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(areDue()).isFalse();
    }
    assertThat(areDue()).isTrue();
    assertThat(areDue()).isFalse();
  }

  private static final class HandBell implements Doorbell {
    private boolean live = true;
    private long rings;

    @Override
    public void start(Runnable listener) {}

    @Override
    public boolean isLive() {
      return live;
    }

    @Override
    public long rings() {
      return rings;
    }

    @Override
    public void close() {}
  }
}

package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.tail.doorbell.Doorbell;
import org.junit.jupiter.api.Test;

class ProbeScheduleTest {
  private static final long STEP = 200_000_000;

  private final ManualDoorbell doorbell = new ManualDoorbell();
  private final ProbeSchedule schedule = new ProbeSchedule(doorbell);
  private long now = Long.MAX_VALUE - STEP;

  private boolean isDue() {
    now += STEP;
    return schedule.isDue(now);
  }

  @Test
  void withoutALiveDoorbellEachCheckIsDue() {
    doorbell.live = false;
    for (int i = 0; i < 5; i++) {
      assertThat(isDue()).isTrue();
    }
  }

  @Test
  void afterARingTwoProbesFollowSinceTheFirstMayBeTooEarly() {
    assertThat(isDue()).isTrue();
    doorbell.rings++;
    for (int i = 0; i < 2; i++) {
      assertThat(isDue()).isFalse();
      assertThat(isDue()).isFalse();
      assertThat(isDue()).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(isDue()).isFalse();
    }
    assertThat(isDue()).isTrue();
  }

  @Test
  void whileItRingsAllTheTimeAtMostTwoProbesASecondAreDue() {
    int probes = 0;
    for (int i = 0; i < 300; i++) {
      doorbell.rings++;
      probes += isDue() ? 1 : 0;
    }
    assertThat(probes).isEqualTo(100);
  }

  @Test
  void withoutARingAProbeIsDueWithinASecond() {
    assertThat(isDue()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(isDue()).isFalse();
    }
    assertThat(isDue()).isTrue();
    assertThat(isDue()).isFalse();
  }

  private static final class ManualDoorbell implements Doorbell {
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

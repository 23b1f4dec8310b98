package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.run.Findings;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private final Deliveries deliveries = new Deliveries();

  @Test
  void aChangeThatComesAgainAfterAResumeIsAFinding() {
    startAfter("e-5");
    assertThat(add(6)).isNull();
    assertThat(add(7)).isNull();
    resumeAfter("e-6");
    assertThat(add(7)).isEqualTo(Findings.Kind.TWICE);
    assertThat(deliveries.repeats()).isZero();
  }

  @Test
  void aChangeOfTheSnapshotThatComesAgainAfterAResumeIsAFinding() {
    startAfter("e-5");
    resumeAfter("e-4");
    assertThat(add(5)).isEqualTo(Findings.Kind.TWICE);
  }

  @Test
  void aChangeMayComeAgainAfterAnAbridgedPosition() {
    startAfter("e-5");
    assertThat(add(6)).isNull();
    assertThat(add(7)).isNull();
    resumeAfter("e-4~");
    assertThat(add(5)).isNull();
    assertThat(add(6)).isNull();
    assertThat(add(7)).isNull();
    assertThat(deliveries.repeats()).isEqualTo(3);
  }

  @Test
  void aPositionThatCoversTheChangeAllowsNoRepeat() {
    startAfter("e-5");
    assertThat(add(6)).isNull();
    resumeAfter("e-6~");
    assertThat(add(6)).isEqualTo(Findings.Kind.TWICE);
  }

  @Test
  void theSameSubscriptionAllowsNoRepeat() {
    startAfter("e-5~");
    assertThat(add(6)).isNull();
    assertThat(add(6)).isEqualTo(Findings.Kind.TWICE);
  }

  @Test
  void onlyATimeBetweenTheSnapshotAndNowProvesThatAChangeIsNotInTheSnapshot() {
    startAfter("e-5~");
    Instant started = Instant.now();
    assertThat(deliveries.mayBeInSnapshot(started)).isFalse();
    assertThat(deliveries.mayBeInSnapshot(started.minus(Duration.ofDays(2_000)))).isTrue();
    assertThat(deliveries.mayBeInSnapshot(started.plus(Duration.ofDays(2_000)))).isTrue();
    startAfter("e-5");
    assertThat(deliveries.mayBeInSnapshot(started.minus(Duration.ofDays(2_000)))).isFalse();
  }

  private void startAfter(String position) {
    deliveries.startAfter(ReceivedPosition.of(position));
  }

  private void resumeAfter(String position) {
    deliveries.resumeAfter(ReceivedPosition.of(position));
  }

  private Findings.@Nullable Kind add(long id) {
    Deliveries.Defect defect = deliveries.add(id, "row", "content of " + id);
    return defect == null ? null : defect.kind();
  }
}

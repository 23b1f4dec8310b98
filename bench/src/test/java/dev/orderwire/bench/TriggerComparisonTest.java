package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bench.TriggerComparison.Turn;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Figures.Figure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TriggerComparisonTest {
  private final TriggerComparison measured =
      new TriggerComparison(
          List.of(new Turn(1_000, 100), new Turn(1_100, 110), new Turn(900, 90)),
          List.of(new Turn(800, 150), new Turn(810, 155), new Turn(790, 145)),
          List.of(new Turn(600, 200), new Turn(605, 205), new Turn(595, 195)));

  @Test
  void figuresCompareAllThreeVariants() {
    Figures figures = new Figures();
    measured.addTo(figures, CommitMode.DURABLE);
    Map<String, Double> values =
        figures.list().stream().collect(Collectors.toMap(Figure::key, Figure::value));
    assertThat(values)
        .containsEntry("fullWithout", 1_000.0)
        .containsEntry("fullFloor", 800.0)
        .containsEntry("fullWith", 600.0)
        .containsEntry("fullRatio", 0.6)
        .containsEntry("fullRatioOfNeighbours", 0.6)
        .containsEntry("fullFloorRatio", 0.8)
        .containsEntry("fullToFloor", 0.75)
        .containsEntry("fullWithoutCpuMicros", 100.0)
        .containsEntry("fullFloorCpuMicros", 150.0)
        .containsEntry("fullWithCpuMicros", 200.0)
        .containsEntry("fullCpuRatio", 2.0)
        .containsEntry("fullFloorCpuRatio", 1.5)
        .containsEntry("fullCpuToFloor", 200.0 / 150);
  }

  @Test
  void theTableShowsAllThreeVariants() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    measured.print(new PrintStream(out, true, StandardCharsets.UTF_8), "writes");
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            writes ->
                assertThat(writes)
                    .matches(
                        "writes +1000 +800 +600 \\| +0\\.800 +0\\.600 +0\\.750 \\| median 0.6.*"),
            cpu ->
                assertThat(cpu).matches(".*us +100 +150 +200 \\| +1\\.500 +2\\.000 +1\\.333 \\|"));
  }
}

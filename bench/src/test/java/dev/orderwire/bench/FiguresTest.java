package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bench.report.Figures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class FiguresTest {
  private static double value(Figures figures, String key) {
    return figures.list().stream()
        .filter(figure -> figure.key().equals(key))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void memoryKeptAfterAHerdIsTheDifference() {
    Figures figures =
        new HerdBench.Resident(200L << 20, 260L << 20, 215L << 20).addTo(new Figures());
    assertThat(value(figures, "residentBeforeMebibytes")).isEqualTo(200);
    assertThat(value(figures, "residentMostMebibytes")).isEqualTo(260);
    assertThat(value(figures, "residentAfterMebibytes")).isEqualTo(215);
    assertThat(value(figures, "residentKeptMebibytes")).isEqualTo(15);
  }

  @Test
  void memoryKeptIsNegativeIfTheServerReturnedSome() {
    Figures figures =
        new HerdBench.Resident(200L << 20, 260L << 20, 190L << 20).addTo(new Figures());
    assertThat(value(figures, "residentKeptMebibytes")).isEqualTo(-10);
  }

  @Test
  void aFigureIsPrintedWithItsTarget() {
    Figures figures =
        new HerdBench.Resident(200L << 20, 260L << 20, 215L << 20).addTo(new Figures());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    figures.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .last()
        .asString()
        .matches("resident kept afterwards +15\\.00 MiB +<= 10% of before");
  }
}

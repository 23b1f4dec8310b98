package dev.orderwire.gateway.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class YieldingSnapshotsTest {
  private static final Position AT = Position.parse("e-5");
  private static final int ROWS = 1_000;

  /** Reads rows as slowly as MySQL may, and returns how many arrived. */
  private static int read(BooleanSupplier live) {
    SnapshotReader slow =
        (_, _, _, known, _, rows) -> {
          rows.begin(known);
          for (int i = 0; i < ROWS; i++) {
            if (i % 100 == 0) {
              pause();
            }
            assertThat(rows.row(Row.of(Map.of("id", String.valueOf(i))))).isTrue();
          }
        };
    AtomicInteger arrived = new AtomicInteger();
    new YieldingSnapshots(slow, live)
        .read(
            new Table("orders", List.of(), List.of()),
            Prefilter.ALL,
            null,
            AT,
            100,
            new SnapshotReader.Rows() {
              @Override
              public void begin(Position position) {
                assertThat(position).isEqualTo(AT);
              }

              @Override
              public boolean row(Row row) {
                return row.json("id") != null && arrived.incrementAndGet() > 0;
              }
            });
    return arrived.get();
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readingWaitsUntilChangesAreSent() {
    AtomicInteger asked = new AtomicInteger();
    assertThat(read(() -> asked.incrementAndGet() < 5)).isEqualTo(ROWS);
    assertThat(asked.get()).as("more often than after each 200 rows").isGreaterThan(ROWS / 200);
  }

  @Test
  void readingGoesOnWhereChangesAreSentAllTheTime() {
    AtomicInteger asked = new AtomicInteger();
    assertThat(
            read(() -> {
              asked.incrementAndGet();
              return true;
            }))
        .isEqualTo(ROWS);
    assertThat(asked.get()).isGreaterThan(ROWS / 200);
  }
}

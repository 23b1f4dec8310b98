package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows, and gives way to live changes: after every few rows it waits while changes are being
 * sent, but never so long that it would read less than a quarter of the time.
 */
public final class YieldingSnapshots implements SnapshotReader {
  private static final int ROWS_BETWEEN = 200;
  private static final int MOST_WAITING = 3;
  private static final Duration STEP = Duration.ofMillis(1);

  private final SnapshotReader reader;
  private final BooleanSupplier live;

  /**
   * @param live whether changes are being sent
   */
  public YieldingSnapshots(SnapshotReader reader, BooleanSupplier live) {
    this.reader = reader;
    this.live = live;
  }

  @Override
  public void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows rows) {
    reader.read(table, prefilter, after, known, pageRows, new Yielding(rows));
  }

  private final class Yielding implements Rows {
    private final Rows rows;
    private int count;

    /** The time spent on reading since the last wait. */
    private long readNanos;

    private long since = System.nanoTime();

    Yielding(Rows rows) {
      this.rows = rows;
    }

    @Override
    public void begin(Position position) {
      rows.begin(position);
    }

    @Override
    public boolean row(Row row) {
      if (++count % ROWS_BETWEEN == 0) {
        giveWay();
      }
      return rows.row(row);
    }

    private void giveWay() {
      long now = System.nanoTime();
      readNanos += now - since;
      long most = MOST_WAITING * readNanos;
      if (!live.getAsBoolean()) {
        readNanos = 0;
      } else if (most >= STEP.toNanos()) {
        while (live.getAsBoolean() && System.nanoTime() - now < most) {
          pause();
        }
        readNanos = 0;
      }
      since = System.nanoTime();
    }

    private static void pause() {
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GoneException();
      }
    }
  }
}

package dev.orderwire.testing;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A bus in memory, shared by the processes of a test, with the faults of a real one. */
public final class MemoryBus implements Bus {
  private final List<BusRecord> records = new ArrayList<>();
  private BusRecord newest = new BusRecord(0, 0, new byte[0]);
  private boolean away;
  private Predicate<BusRecord> loses = _ -> false;

  /** Does not answer from now on, or does so again. */
  public synchronized void away(boolean isAway) {
    away = isAway;
    notifyAll();
  }

  /** Acknowledges these records, and forgets them. */
  public synchronized void loses(Predicate<BusRecord> lost) {
    loses = lost;
  }

  public synchronized int size() {
    return records.size();
  }

  private void requireThere() {
    if (away) {
      throw new BusException("the bus of the test is away", null);
    }
  }

  @Override
  public synchronized void publish(List<BusRecord> published) {
    for (BusRecord record : published) {
      requireThere();
      if (record.term() < newest.term()) {
        throw new StaleTermException(record.term(), newest.term());
      }
      if (record.term() > newest.term() || record.seq() > newest.seq()) {
        newest = record;
        if (!loses.test(record)) {
          records.add(record);
        }
      }
    }
    notifyAll();
  }

  @Override
  public synchronized Follower follow() {
    requireThere();
    int from = records.size();
    return new Follower() {
      private int next = from;

      @Override
      public List<BusRecord> poll(long millis) throws InterruptedException {
        synchronized (MemoryBus.this) {
          long end = System.nanoTime() + millis * 1_000_000;
          while (true) {
            requireThere();
            if (next < records.size()) {
              List<BusRecord> found = List.copyOf(records.subList(next, records.size()));
              next = records.size();
              return found;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
              return List.of();
            }
            MemoryBus.this.wait(left);
          }
        }
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  @Override
  public String toString() {
    return "the bus of the test";
  }

  @Override
  public void close() {
    // The others use it.
  }
}

package dev.orderwire.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Records of a test, and how it publishes and reads them on any bus. */
public final class BusRecords {
  private BusRecords() {}

  /** Records of one term. */
  public static List<BusRecord> of(long term, int from, int to) {
    return of(term, from, to, 10);
  }

  public static List<BusRecord> of(long term, int from, int to, int bytes) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(seq -> new BusRecord(term, seq, body(term, seq, bytes)))
        .toList();
  }

  private static byte[] body(long term, long seq, int bytes) {
    byte[] body = new byte[bytes];
    byte[] text = (term + "-" + seq).getBytes(UTF_8);
    System.arraycopy(text, 0, body, 0, Math.min(bytes, text.length));
    return body;
  }

  public static List<String> ids(List<BusRecord> records) {
    return records.stream().map(each -> each.term() + "-" + each.seq()).toList();
  }

  /**
   * Polls until as many records have come. A later poll shows a record that was published twice.
   */
  public static List<BusRecord> take(Bus.Follower follower, int count) throws InterruptedException {
    List<BusRecord> taken = new ArrayList<>();
    long deadline = System.nanoTime() + Await.LONGEST.toNanos();
    while (taken.size() < count) {
      taken.addAll(follower.poll(1_000));
      if (System.nanoTime() > deadline) {
        throw new AssertionError("of %d records only %s".formatted(count, ids(taken)));
      }
    }
    return taken;
  }

  /** As {@link #take}, also while the bus is away. */
  public static List<BusRecord> takeInSpite(Bus.Follower follower, int count)
      throws InterruptedException {
    List<BusRecord> taken = new ArrayList<>();
    long deadline = System.nanoTime() + Await.LONGEST.toNanos();
    while (taken.size() < count) {
      try {
        taken.addAll(follower.poll(1_000));
      } catch (BusException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("of %d records only %s".formatted(count, ids(taken)));
      }
    }
    return taken;
  }

  /** Follows again until the bus answers. */
  public static Bus.Follower followInSpite(Bus bus) throws InterruptedException {
    long deadline = System.nanoTime() + Await.LONGEST.toNanos();
    while (true) {
      try {
        return bus.follow();
      } catch (BusException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /** Publishes again until the bus has acknowledged all. */
  public static void publishInSpite(Bus bus, List<BusRecord> records) throws InterruptedException {
    long deadline = System.nanoTime() + Await.LONGEST.toNanos();
    while (true) {
      try {
        bus.publish(records);
        return;
      } catch (BusException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }
}

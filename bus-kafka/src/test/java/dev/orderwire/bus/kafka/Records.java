package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.testing.Await;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Records of a test, and how it publishes and reads them. */
final class Records {
  private Records() {}

  /** A bus that waits for a machine with too much to do. */
  static Bus bus(URI address, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent("timeout", "30s");
    return new KafkaBusProvider().open(address, all);
  }

  /** A bus that soon notices that Kafka hangs. */
  static Bus impatient(URI address, String topic) {
    return bus(address, Map.of("timeout", "1s", "topic", topic));
  }

  /** Records of one term. */
  static List<BusRecord> of(long term, int from, int to) {
    return of(term, from, to, 10);
  }

  static List<BusRecord> of(long term, int from, int to, int bytes) {
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

  static List<String> ids(List<BusRecord> records) {
    return records.stream().map(each -> each.term() + "-" + each.seq()).toList();
  }

  /**
   * Polls until as many records have come. A later poll shows a record that was published twice.
   */
  static List<BusRecord> take(Bus.Follower follower, int count) throws InterruptedException {
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

  /** As {@link #take}, also while Kafka is away. */
  static List<BusRecord> takeInSpite(Bus.Follower follower, int count) throws InterruptedException {
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

  /** Follows again until Kafka answers. */
  static Bus.Follower followInSpite(Bus bus) throws InterruptedException {
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

  /** Publishes again until Kafka has acknowledged all. */
  static void publishInSpite(Bus bus, List<BusRecord> records) throws InterruptedException {
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

  /** {@link #followInSpite}, for those who are not interrupted. */
  static Bus.Follower await(Bus bus) {
    try {
      return followInSpite(bus);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a poll says that records were lost. */
  static boolean lossIsTold(Bus.Follower follower) {
    return lossIsTold(follower, "has lost records");
  }

  static boolean lossIsTold(Bus.Follower follower, String how) {
    try {
      List<BusRecord> _ = follower.poll(100);
      return false;
    } catch (BusException e) {
      return String.valueOf(e.getMessage()).contains(how);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

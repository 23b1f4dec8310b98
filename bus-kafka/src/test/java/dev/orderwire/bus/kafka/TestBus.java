package dev.orderwire.bus.kafka;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.testing.BusRecords;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a test opens a bus, and what it expects of it. */
final class TestBus {
  private TestBus() {}

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

  /** {@link BusRecords#followInSpite}, for those who are not interrupted. */
  static Bus.Follower await(Bus bus) {
    try {
      return BusRecords.followInSpite(bus);
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

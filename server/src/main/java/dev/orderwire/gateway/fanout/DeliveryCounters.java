package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What an event loop has given out and not told of yet. For one thread. */
final class DeliveryCounters {
  private final Traffic traffic;
  private final List<Instant> written = new ArrayList<>();
  private long deliveries;
  private long bytes;

  /**
   * @param traffic is told, at each {@link #tell}
   */
  DeliveryCounters(Traffic traffic) {
    this.traffic = traffic;
  }

  /** So many changes were given to clients, a change counted once for each. */
  void delivered(long changes) {
    deliveries += changes;
  }

  void sent(long more) {
    bytes += more;
  }

  /** Changes of these times are written here for the first time. */
  void written(List<Instant> times) {
    written.addAll(times);
  }

  void tell() {
    traffic.delivered(deliveries);
    deliveries = 0;
    traffic.sent(bytes);
    bytes = 0;
    written.forEach(traffic::written);
    written.clear();
  }
}

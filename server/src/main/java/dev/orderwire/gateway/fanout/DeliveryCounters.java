package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Counts what an event loop sends, and reports it once a round. For one thread. */
final class DeliveryCounters {
  private final Traffic traffic;
  private final List<Instant> written = new ArrayList<>();
  private long deliveries;
  private long bytes;

  /**
   * @param traffic gets the numbers with each {@link #report}
   */
  DeliveryCounters(Traffic traffic) {
    this.traffic = traffic;
  }

  /** Counts deliveries: a change counts once for each client. */
  void delivered(long changes) {
    deliveries += changes;
  }

  void sent(long more) {
    bytes += more;
  }

  /** Changes of these times are sent for the first time on this event loop. */
  void written(List<Instant> times) {
    written.addAll(times);
  }

  void report() {
    traffic.delivered(deliveries);
    deliveries = 0;
    traffic.sent(bytes);
    bytes = 0;
    written.forEach(traffic::written);
    written.clear();
  }
}

package dev.orderwire.bench.scale;

import dev.orderwire.bench.rig.Topology;
import java.io.IOException;

/** What all scenarios of this package need. */
final class Clusters {
  private Clusters() {}

  /**
   * Checks that a topology has a bus, and this machine what the bus needs.
   *
   * @throws IllegalStateException if not; the message says what to do
   */
  static void requireBus(Topology topology) throws IOException {
    if (topology == Topology.SERVE) {
      throw new IllegalStateException(
          "expected --topology redis or kafka, found serve, which has no gateways");
    }
    topology.require();
  }
}

package dev.orderwire.gateway;

import java.time.Duration;

/**
 * How a gateway sends its clients away before it ends.
 *
 * @param notice how long the gateway only says that it is not ready, so that load balancers notice
 * @param clientsPerSecond how many clients are asked to reconnect in a second; more of them if the
 *     limit would be over before
 * @param limit the longest time of all of it, the notice included
 */
public record DrainOptions(Duration notice, int clientsPerSecond, Duration limit) {
  public DrainOptions {
    if (clientsPerSecond < 1) {
      throw new IllegalArgumentException("no client would be asked: " + clientsPerSecond);
    }
  }
}

package dev.orderwire.bench.load;

import java.net.InetSocketAddress;

/** A loopback address for each client, as clients of a server on the internet have. */
public final class OwnAddress {
  /** The network 127.1.0.0/16, for clients that measure. */
  static final int CLIENTS = 1;

  /** The network 127.2.0.0/16, for clients that attack. */
  public static final int ATTACKERS = 2;

  private static final int IN_A_BLOCK = 250;

  private OwnAddress() {}

  /**
   * The address of a client, with any port.
   *
   * @param client from 0 to 62,499
   */
  public static InetSocketAddress of(int network, int client) {
    return new InetSocketAddress(
        "127.%d.%d.%d".formatted(network, client / IN_A_BLOCK, client % IN_A_BLOCK + 1), 0);
  }
}

package dev.orderwire.gateway.limits;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The addresses that count as one: an IPv4 address, or the 64 bits of an IPv6 network, in which a
 * single machine can use any address.
 */
record AddressBlock(boolean ipv6, long bits) {
  static AddressBlock of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == 4
        ? new AddressBlock(false, bytes.getInt())
        : new AddressBlock(true, bytes.getLong());
  }

  /** The same on all servers. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return ipv6 ? hex.toHexDigits(bits) : hex.toHexDigits((int) bits);
  }
}

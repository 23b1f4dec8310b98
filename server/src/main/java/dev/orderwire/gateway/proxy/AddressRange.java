package dev.orderwire.gateway.proxy;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An address, or a network in CIDR notation.
 *
 * @param bits how many leading bits of an address must be those of {@code network}
 */
record AddressRange(InetAddress network, int bits) {
  /**
   * @throws IllegalArgumentException if the text is neither an address nor a network; the message
   *     continues the name of its setting
   */
  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress network = address(slash < 0 ? text : text.substring(0, slash));
    if (network == null) {
      throw new IllegalArgumentException(
          "must have addresses such as 192.0.2.7, or networks such as 10.0.0.0/8 and 2001:db8::/32, not '%s'"
              .formatted(text));
    }
    int length = network.getAddress().length * Byte.SIZE;
    int bits = slash < 0 ? length : bits(text.substring(slash + 1));
    if (bits < 0 || bits > length) {
      throw new IllegalArgumentException(
          "must have 0 to %d bits after the slash, not '%s'".formatted(length, text));
    }
    AddressRange range = new AddressRange(network, bits);
    if (number(network).getLowestSetBit() >= 0
        && number(network).getLowestSetBit() < length - bits) {
      throw new IllegalArgumentException(
          "has '%s', whose address has bits beyond the first %d: write the first address of the network"
              .formatted(text, bits));
    }
    return range;
  }

  private static int bits(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** An address as text, which is not looked up; null if it is none. */
  static @Nullable InetAddress address(String text) {
    // Without the zone of an IPv6 address, which only its own machine understands.
    int zone = text.indexOf('%');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(zone < 0 ? text : text.substring(0, zone));
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  boolean contains(InetAddress address) {
    int length = network.getAddress().length;
    return address.getAddress().length == length
        && number(address).xor(number(network)).bitLength() <= length * Byte.SIZE - bits;
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }
}

package dev.orderwire.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that are believed about their clients. Safe for any number of threads.
 *
 * <p>Only one header is read: a proxy that sets one of them passes on the other one as the client
 * wrote it.
 */
public final class Proxies {
  /** The header that names the clients. */
  public enum Header {
    X_FORWARDED_FOR,
    /** RFC 7239. */
    FORWARDED
  }

  /** No proxy is believed. */
  public static final Proxies NONE = new Proxies(List.of(), Header.X_FORWARDED_FOR, false);

  private final List<AddressRange> trusted;
  private final Header header;
  private final boolean speakProtocol;

  /**
   * @param trusted addresses, and networks in CIDR notation
   * @param speakProtocol whether the proxies begin each connection with a header of the PROXY
   *     protocol
   * @throws IllegalArgumentException if one of {@code trusted} is neither; the message continues
   *     the name of its setting
   */
  public Proxies(List<String> trusted, Header header, boolean speakProtocol) {
    this.trusted = trusted.stream().map(AddressRange::parse).toList();
    this.header = header;
    this.speakProtocol = speakProtocol;
  }

  public boolean isEmpty() {
    return trusted.isEmpty();
  }

  /** Whether trusted proxies begin each connection with a header of the PROXY protocol. */
  public boolean speakProtocol() {
    return speakProtocol;
  }

  /** The other end of a connection. */
  public Peer peer(InetAddress address) {
    return new Peer(address, trusts(address));
  }

  private boolean trusts(InetAddress address) {
    for (AddressRange range : trusted) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The client for which a trusted proxy sends a request: the last address that is not itself that
   * of a trusted proxy, since everything before it is the client's own word. Null if the proxy
   * names none.
   */
  public @Nullable InetAddress client(HttpHeaders headers) {
    List<String> hops =
        switch (header) {
          case X_FORWARDED_FOR -> Forwarded.hops(headers.getAllAsString("x-forwarded-for"));
          case FORWARDED -> Forwarded.parameters(headers.getAllAsString("forwarded"), "for");
        };
    InetAddress nearest = null;
    for (String hop : hops.reversed()) {
      InetAddress address = Forwarded.address(hop);
      if (address == null) {
        // The proxy hides the address, or does not know it.
        return nearest;
      }
      nearest = address;
      if (!trusts(address)) {
        return nearest;
      }
    }
    return nearest;
  }

  /** Whether a trusted proxy says that the client's connection is encrypted. */
  public boolean isSecure(HttpHeaders headers) {
    List<String> protocols =
        switch (header) {
          case X_FORWARDED_FOR -> Forwarded.hops(headers.getAllAsString("x-forwarded-proto"));
          case FORWARDED -> Forwarded.parameters(headers.getAllAsString("forwarded"), "proto");
        };
    return !protocols.isEmpty() && protocols.getLast().toLowerCase(Locale.ROOT).equals("https");
  }
}

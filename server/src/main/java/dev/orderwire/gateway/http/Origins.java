package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which web pages may use the gateway. Any page that a user visits can send requests to a
 * server on the user's own machine; the {@code Origin} header names the page. If the gateway is
 * bound to loopback, the {@code Host} header must name this machine, too: another name that
 * resolves to it is an attack (DNS rebinding).
 */
public final class Origins {
  private final boolean onLoopback;
  private final Set<String> allowed;

  public Origins(InetAddress bound, Set<String> allowed) {
    this.onLoopback = bound.isLoopbackAddress();
    this.allowed = allowed;
  }

  /**
   * The origin of the page that sent the request; empty if no page did.
   *
   * @param forAnyHost whether the request may name any host, or none
   * @param secure whether the client's connection is encrypted, so that a page without TLS is not
   *     the gateway's own
   * @throws OrderwireException {@code host_not_allowed} or {@code origin_not_allowed}
   */
  Optional<String> check(HttpHeaders headers, boolean forAnyHost, boolean secure) {
    String host = headers.get(HttpHeaderNames.HOST);
    if (onLoopback && !forAnyHost && (host == null || !isLoopback(hostOf("http://" + host)))) {
      throw new OrderwireException(
          ErrorCode.HOST_NOT_ALLOWED,
          "this server accepts requests for localhost or 127.0.0.1 only, "
              + (host == null ? "and this one has no header Host" : "not for '" + host + "'"));
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !isAllowed(origin, host, secure)) {
      throw new OrderwireException(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          "pages of '" + origin + "' may not connect: allow that origin in the configuration");
    }
    return Optional.ofNullable(origin);
  }

  private boolean isAllowed(String origin, @Nullable String host, boolean secure) {
    return allowed.contains("*")
        || allowed.contains(origin)
        || (host != null && isSame(origin, host, secure))
        || (onLoopback && isLoopback(hostOf(origin)));
  }

  private static boolean isSame(String origin, String host, boolean secure) {
    URI page = parsed(origin);
    if (page == null || page.getScheme() == null || page.getRawAuthority() == null) {
      return false;
    }
    if (secure && !page.getScheme().equals("https")) {
      return false;
    }
    // A browser leaves out the default port of the scheme; a proxy may add it.
    String authority = page.getRawAuthority().toLowerCase(Locale.ROOT);
    String asked = host.toLowerCase(Locale.ROOT);
    String ofScheme = page.getScheme().equals("https") ? ":443" : ":80";
    return asked.equals(authority) || asked.equals(authority + ofScheme);
  }

  private static @Nullable String hostOf(String uri) {
    URI parsed = parsed(uri);
    return parsed == null ? null : parsed.getHost();
  }

  private static @Nullable URI parsed(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Judged by the text: names are not looked up. */
  private static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("[::1]")
        || name.matches("127(\\.[0-9]{1,3}){3}");
  }
}

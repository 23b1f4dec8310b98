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
 * Which web pages may use the gateway. A browser sends its user's requests from any page that the
 * user visits, also to a server on the user's own machine; the origin says which page it was. While
 * the gateway serves its own machine alone, the host that a request names must be that machine too:
 * a foreign name that was made to point here is an attack (DNS rebinding).
 */
public final class Origins {
  private final boolean onLoopback;
  private final Set<String> allowed;

  public Origins(InetAddress bound, Set<String> allowed) {
    this.onLoopback = bound.isLoopbackAddress();
    this.allowed = allowed;
  }

  /**
   * The origin of the page that asks, where a page asks.
   *
   * @throws OrderwireException {@code host_not_allowed} or {@code origin_not_allowed}
   */
  Optional<String> check(HttpHeaders headers) {
    String host = headers.get(HttpHeaderNames.HOST);
    if (onLoopback && (host == null || !isLoopback(hostOf("http://" + host)))) {
      throw new OrderwireException(
          ErrorCode.HOST_NOT_ALLOWED,
          "this server serves its own machine alone: ask for localhost or 127.0.0.1, not for '"
              + host
              + "'");
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !isAllowed(origin, host)) {
      throw new OrderwireException(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          "pages of '" + origin + "' may not ask here: allow that origin in the configuration");
    }
    return Optional.ofNullable(origin);
  }

  private boolean isAllowed(String origin, @Nullable String host) {
    return allowed.contains("*")
        || allowed.contains(origin)
        || (host != null && isSame(origin, host))
        || (onLoopback && isLoopback(hostOf(origin)));
  }

  private static boolean isSame(String origin, String host) {
    URI page = parsed(origin);
    if (page == null || page.getScheme() == null || page.getRawAuthority() == null) {
      return false;
    }
    // A browser leaves out the port that goes with the scheme; a proxy may put it in.
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

  /** By its text: a name that has to be looked up is none of this machine. */
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

package dev.orderwire.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;

/** What browsers must not do with the answers of this server. */
final class BrowserRules {
  /** For answers that are no pages: opened as one, they can do nothing, also not in a frame. */
  private static final String NOTHING =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /**
   * For the dashboard. It runs the scripts of this server and no others, inline ones included; it
   * connects to this server only, which {@code 'self'} says for {@code ws:} and {@code wss:}, too
   * (CSP 3, section 6.7.2.8); and no text becomes markup or a script, whatever its scripts do.
   */
  static final Map<String, String> OF_PAGES =
      Map.of(
          "content-security-policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "cross-origin-opener-policy",
          "same-origin",
          "permissions-policy",
          "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");

  private BrowserRules() {}

  /** Adds the rules of every answer to its headers. */
  static void addTo(HttpHeaders headers) {
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    // Pages of allowed origins ask by CORS, which this does not concern.
    headers.set("cross-origin-resource-policy", "same-origin");
    if (!headers.contains(HttpHeaderNames.CONTENT_SECURITY_POLICY)) {
      headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, NOTHING);
    }
  }
}

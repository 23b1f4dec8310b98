package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.net.URI;
import javax.net.ssl.SSLException;

/** Failures to reach a server. */
final class Failures {
  private Failures() {}

  static OrderwireException noTls(URI uri, SSLException failure) {
    return new OrderwireException(
        ErrorCode.REFUSED_BY_SERVER,
        "no TLS with the server at %s: %s. If a private authority has issued its certificate, give that with --ca FILE"
            .formatted(withoutQuery(uri), reason(failure)),
        failure);
  }

  static OrderwireException noServer(URI uri, Exception failure) {
    return new OrderwireException(
        ErrorCode.NO_SERVER,
        ("no server answers at %s (%s): start one with ./orderwire demo or ./orderwire serve,"
                + " or give its address with --url")
            .formatted(withoutQuery(uri), failure),
        failure);
  }

  static String reason(SSLException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** The query may contain a token. */
  static String withoutQuery(URI uri) {
    return uri.toString().replaceFirst("\\?.*", "");
  }
}

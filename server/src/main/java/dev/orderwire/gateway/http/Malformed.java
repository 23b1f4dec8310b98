package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** What is wrong with the head of a request, so that its connection must end. */
final class Malformed {
  private Malformed() {}

  /** Null if nothing is wrong. */
  static @Nullable OrderwireException problemOf(HttpRequest begun, Traffic traffic) {
    return begun.decoderResult().isFailure()
        ? unreadable(begun.decoderResult().cause(), traffic)
        : ambiguity(begun.headers());
  }

  private static OrderwireException unreadable(Throwable cause, Traffic traffic) {
    return switch (cause) {
      case TooLongHttpLineException _ -> {
        traffic.overLimit(Limit.URL_BYTES);
        yield new OrderwireException(ErrorCode.URL_TOO_LONG, "the URL is too long");
      }
      case TooLongHttpHeaderException _ -> {
        traffic.overLimit(Limit.HEADER_BYTES);
        yield new OrderwireException(ErrorCode.HEADERS_TOO_LARGE, "the headers are too large");
      }
      default ->
          new OrderwireException(
              ErrorCode.BAD_REQUEST, "not an HTTP request: " + cause.getMessage());
    };
  }

  /**
   * What a proxy may understand otherwise than this server, such as where the request ends: one
   * client could begin the request of the next (RFC 9112, section 11.2).
   */
  private static @Nullable OrderwireException ambiguity(HttpHeaders headers) {
    boolean empty =
        headers.getAll(HttpHeaderNames.CONTENT_LENGTH).stream().allMatch(each -> each.equals("0"));
    if (!empty || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return withBody();
    }
    return headers.getAll(HttpHeaderNames.HOST).size() > 1
        ? new OrderwireException(ErrorCode.BAD_REQUEST, "the request has more than one header Host")
        : null;
  }

  static OrderwireException withBody() {
    return new OrderwireException(ErrorCode.BODY_NOT_ALLOWED, "requests must not have a body");
  }
}

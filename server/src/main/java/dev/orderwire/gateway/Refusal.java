package dev.orderwire.gateway;

import dev.orderwire.change.OrderwireException;

/**
 * What an error's code means for who hears it over HTTP, or loses a connection by it.
 *
 * @param status of HTTP
 * @param closeReason of the WebSocket, where the error ends it
 * @param passing whether it is not the client's, and the same may do another time
 */
record Refusal(int status, CloseReason closeReason, boolean passing) {
  static Refusal of(OrderwireException cause) {
    return switch (cause.code()) {
      case "not_found", "unknown_table" -> new Refusal(404, CloseReason.BAD_REQUEST, false);
      case "origin_not_allowed", "host_not_allowed" ->
          new Refusal(403, CloseReason.BAD_REQUEST, false);
      case "method_not_allowed" -> new Refusal(405, CloseReason.BAD_REQUEST, false);
      case "too_slow" -> new Refusal(408, CloseReason.TOO_SLOW, true);
      case "body_not_allowed" -> new Refusal(413, CloseReason.TOO_LARGE, false);
      case "url_too_long" -> new Refusal(414, CloseReason.TOO_LARGE, false);
      case "upgrade_required" -> new Refusal(426, CloseReason.BAD_REQUEST, false);
      case "headers_too_large" -> new Refusal(431, CloseReason.TOO_LARGE, false);
      case "over_limit" -> new Refusal(429, CloseReason.OVER_LIMIT, true);
      case "mysql_unavailable", "table_altered" -> new Refusal(503, CloseReason.UNAVAILABLE, true);
      case "going_away" -> new Refusal(503, CloseReason.GOING_AWAY, true);
      case "internal_error" -> new Refusal(500, CloseReason.INTERNAL_ERROR, true);
      default -> new Refusal(400, CloseReason.BAD_REQUEST, false);
    };
  }

  /** What a client is told of a failure: where MySQL stands is nobody's business but the log's. */
  static OrderwireException told(OrderwireException cause) {
    return cause.code().equals("mysql_unavailable")
        ? new OrderwireException(cause.code(), "MySQL cannot be asked: try again in a while", cause)
        : cause;
  }

  static OrderwireException internal(Throwable cause) {
    return cause instanceof OutOfMemoryError
        ? new OrderwireException(
            "over_limit", "the server's memory is full: try again in a few seconds", cause)
        : new OrderwireException(
            "internal_error", "the server failed at this: its log says why", cause);
  }
}

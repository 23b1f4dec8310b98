package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import java.util.Arrays;

/**
 * Why the server closes a connection: the code and the text of the WebSocket's close frame. Codes
 * below 4000 are those of RFC 6455, section 7.4.1.
 */
public enum CloseReason {
  GOING_AWAY(1001, "the server is shutting down: reconnect with jitter"),
  PROTOCOL_ERROR(1002, "not the WebSocket protocol"),
  NOT_UTF8(1007, "a text message must be UTF-8"),
  INTERNAL_ERROR(1011, "the server failed: reconnect with jitter"),
  BAD_REQUEST(4400, "bad request: send JSON in text frames, and read the errors"),
  TOO_SLOW(4408, "too slow: reconnect with since"),
  IDLE(4409, "no sign of life, such as a pong, for two heartbeats: reconnect"),
  TOO_LARGE(4413, "message too large"),
  OVER_LIMIT(4429, "over a limit: reconnect later"),
  UNAVAILABLE(4503, "MySQL is not available: reconnect with jitter");

  private final int code;
  private final String sentence;

  CloseReason(int code, String sentence) {
    this.code = code;
    this.sentence = sentence;
  }

  /** The reason that goes with an error. */
  public static CloseReason of(ErrorCode error) {
    return Arrays.stream(values())
        .filter(reason -> reason.code == error.closeCode())
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no close reason has the code of " + error));
  }

  public int code() {
    return code;
  }

  /** At most 123 bytes, as a close frame holds no more. */
  public String sentence() {
    return sentence;
  }
}

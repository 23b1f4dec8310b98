package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why the server closes a connection: the code and the text of the WebSocket's close frame. Codes
 * below 4000 are those of RFC 6455, section 7.4.1.
 */
public enum CloseReason {
  GOING_AWAY(1001, true, "the server is shutting down: reconnect with jitter"),
  PROTOCOL_ERROR(1002, false, "not the WebSocket protocol"),
  NOT_UTF8(1007, false, "a text message must be UTF-8"),
  INTERNAL_ERROR(1011, true, "the server failed: reconnect with jitter"),
  BAD_REQUEST(4400, false, "bad request: send JSON in text frames, and read the errors"),
  NOT_AUTHENTICATED(4401, false, "not authenticated, or the token ran out: get a token"),
  NOT_ALLOWED(4403, false, "not allowed, or closed by an administrator"),
  TOO_SLOW(4408, true, "too slow: reconnect with since"),
  IDLE(4409, true, "no sign of life, such as a pong, for two heartbeats: reconnect"),
  TOO_LARGE(4413, false, "message too large"),
  OVER_LIMIT(4429, true, "over a limit: reconnect later"),
  UNAVAILABLE(4503, true, "draining, or not available for now: reconnect with jitter");

  private final int code;
  private final boolean reconnect;
  private final String sentence;

  CloseReason(int code, boolean reconnect, String sentence) {
    this.code = code;
    this.reconnect = reconnect;
    this.sentence = sentence;
  }

  /** The reason that goes with an error. */
  public static CloseReason of(ErrorCode error) {
    return of(error.closeCode())
        .orElseThrow(
            () -> new IllegalArgumentException("no close reason has the code of " + error));
  }

  /** The reason with a close code; empty if this version of the server does not send the code. */
  public static Optional<CloseReason> of(int code) {
    return Arrays.stream(values()).filter(reason -> reason.code == code).findFirst();
  }

  public int code() {
    return code;
  }

  /** Whether the client should connect again. */
  public boolean reconnect() {
    return reconnect;
  }

  /** At most 123 bytes, as a close frame holds no more. */
  public String sentence() {
    return sentence;
  }
}

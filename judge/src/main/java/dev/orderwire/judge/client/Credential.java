package dev.orderwire.judge.client;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token of a connection, and where the client puts it.
 *
 * @param token null for none
 */
record Credential(@Nullable String token, Place place) {
  /** Where a token can be. */
  enum Place {
    HEADER,
    URL,
    SUBPROTOCOL,
    /** The first message after connecting. */
    MESSAGE
  }

  /** For a server that asks nobody who it is. */
  static final Credential NONE = new Credential(null, Place.HEADER);

  /** A random place that the transport has. */
  static Place place(Transport transport, SeededRandom random) {
    return random.pick(
        transport.hasMessages() ? List.of(Place.values()) : List.of(Place.HEADER, Place.URL));
  }

  String header() {
    return token == null || place != Place.HEADER ? "" : "Authorization: Bearer " + token + "\r\n";
  }

  /** The path with the token in its query, if it is there. */
  String in(String path) {
    return token == null || place != Place.URL
        ? path
        : path + (path.indexOf('?') < 0 ? '?' : '&') + "token=" + token;
  }

  /** The subprotocols to offer; null for none. */
  @Nullable String subprotocols(boolean explicit) {
    boolean here = token != null && place == Place.SUBPROTOCOL;
    if (explicit) {
      return "orderwire.v1" + (here ? ", orderwire.token." + token : "");
    }
    return here ? "orderwire.token." + token : null;
  }
}

package dev.orderwire.auth;

import java.security.Key;
import java.util.List;
import java.util.Optional;

/** The keys of those who may sign tokens. */
interface SigningKeys {
  /**
   * The keys that may have made a signature.
   *
   * @param kid the name of the key, if the token has one
   * @return empty if no known key fits
   */
  List<Key> fitting(Algorithm algorithm, Optional<String> kid);
}

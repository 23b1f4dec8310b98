package dev.orderwire.auth;

import dev.orderwire.change.OrderwireException;

/** Finds out who a client is by its credential. Safe for any number of threads. */
public interface Authenticator {
  /**
   * Checks a credential. May block for some seconds, to ask for the keys of a JWKS address.
   *
   * @param credential a token or an API key, as the client sent it
   * @throws OrderwireException {@code not_authenticated} if the credential is not accepted: the
   *     message says why and what to do, and never contains the credential. {@code
   *     identity_unavailable} if the keys cannot be had now
   */
  Identity authenticate(String credential);
}

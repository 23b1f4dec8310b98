/**
 * Who a client is: its token or API key, checked.
 *
 * <p>Begin with {@link dev.orderwire.auth.Authenticator}, and with {@link
 * dev.orderwire.auth.Credentials}, its implementation. A token goes through three steps, in this
 * order: its form and header ({@link dev.orderwire.auth.CompactToken}), its signature ({@link
 * dev.orderwire.auth.Signature}), its claims ({@link dev.orderwire.auth.TokenClaims}); whatever is
 * not expected is refused. Nimbus JOSE+JWT does the cryptography and reads the keys of a JWKS
 * address; JSON that strangers wrote is read by {@link dev.orderwire.auth.StrictJson}. This package
 * does not know what an identity may see, nor how its credential arrives.
 */
@NullMarked
package dev.orderwire.auth;

import org.jspecify.annotations.NullMarked;

/**
 * Certificates and private keys in PEM files, and whom to trust by them.
 *
 * <p>Begin with {@link dev.orderwire.tls.Identity}, a server's certificate with its key, and {@link
 * dev.orderwire.tls.Trust}. Both read their files at each call and keep nothing. It is for the
 * gateway, the connections to MySQL and the command {@code tail}, and knows none of them.
 */
@NullMarked
package dev.orderwire.tls;

import org.jspecify.annotations.NullMarked;

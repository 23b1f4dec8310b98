/**
 * TLS for the connections of the gateway.
 *
 * <p>Begin with {@link dev.orderwire.gateway.tls.ServerTls}, which reads the certificate, reads it
 * again when its file changes, and prepares each connection's pipeline. The encryption is the
 * JDK's, by Netty's {@code SslHandler}. Nothing here knows what the connections carry.
 */
@NullMarked
package dev.orderwire.gateway.tls;

import org.jspecify.annotations.NullMarked;

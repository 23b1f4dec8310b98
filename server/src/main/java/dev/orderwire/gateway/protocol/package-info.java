/**
 * What goes over the wire, as docs/reference/protocol.md describes it: messages in both directions,
 * close codes, limits, compression, and the options of the gateway.
 *
 * <p>Begin with {@link dev.orderwire.gateway.protocol.ClientMessage} and {@code Messages}; {@code
 * Frame} is the bytes of a message, shared by all its receivers. {@code Limit} and {@code
 * CloseReason} list every bound and every reason for closing a connection, {@code Resource} what
 * may refuse all clients. It must not know connections, nor where rows and changes come from.
 */
@NullMarked
package dev.orderwire.gateway.protocol;

import org.jspecify.annotations.NullMarked;

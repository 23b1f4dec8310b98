/**
 * Clients of Orderwire's documented protocol, over WebSockets and server-sent events, and what they
 * received. A connection may be lost at any byte.
 *
 * <p>Begin with {@link dev.orderwire.judge.client.Client}. This package knows a server only as an
 * {@link dev.orderwire.judge.client.Endpoint}.
 */
@NullMarked
package dev.orderwire.judge.client;

import org.jspecify.annotations.NullMarked;

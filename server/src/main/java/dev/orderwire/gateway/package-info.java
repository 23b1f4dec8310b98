/**
 * The server that clients connect to: WebSocket, server-sent events and HTTP on one port.
 *
 * <p>{@link dev.orderwire.gateway.Gateway} wires the parts, opens the port and closes everything
 * again. The parts are in the packages below, each of which imports only those after it: {@code
 * http}, {@code explain}, {@code catchup}, {@code fanout}, {@code match}, {@code protocol}. A
 * client is a cursor into the feed, a message is encoded once for all connections that see the same
 * view, and nothing is queued for any of them. The gateway must not know what serves its data, nor
 * what watches it: both are small interfaces.
 */
@NullMarked
package dev.orderwire.gateway;

import org.jspecify.annotations.NullMarked;

/**
 * The server that the clients connect to: WebSocket, server-sent events and HTTP on one port, the
 * protocol, and the fan-out of what is new.
 *
 * <p>Begin with {@link dev.orderwire.gateway.Gateway}; what a change goes through on its way to a
 * socket stands in {@code Pump}, {@code Watchers} and {@code ViewFrames}, in this order. A client
 * is a cursor into the feed, and a message is encoded once for all who see the same view; nothing
 * is queued for anybody. All of a connection happens on its event loop, and whatever waits for
 * MySQL happens on virtual threads behind {@code Blocking}. It must not know what is above it:
 * health and metrics reach it as small interfaces.
 */
@NullMarked
package dev.orderwire.gateway;

import org.jspecify.annotations.NullMarked;

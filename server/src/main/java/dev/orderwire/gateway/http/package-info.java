/**
 * How a client gets in: HTTP requests, the checks of {@code Host} and {@code Origin}, the dashboard
 * and its files, and the upgrade to a WebSocket or to a stream of server-sent events.
 *
 * <p>Begin with {@link dev.orderwire.gateway.http.HttpHandler}, then {@code Routes} and {@code
 * Upgrade}. Requests that wait for MySQL run on virtual threads through {@code catchup.Blocking};
 * everything else runs on the connection's event loop. It must not know how changes are fanned out
 * beyond opening a connection and subscribing it.
 */
@NullMarked
package dev.orderwire.gateway.http;

import org.jspecify.annotations.NullMarked;

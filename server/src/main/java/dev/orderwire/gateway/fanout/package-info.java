/**
 * Sends new changes to the live subscriptions: connections, and the loop that serves them.
 *
 * <p>Begin with {@link dev.orderwire.gateway.fanout.Pump}, which is one task for each event loop,
 * then {@code ViewSubscriptions} and {@code Connection}. Everything about a connection happens on
 * its event loop, and nothing here waits. A connection that is not writable is skipped and stays
 * behind with its cursor. A subscription that the feed can no longer serve is handed back to {@code
 * catchup} through {@code Fallback}. This package must not know MySQL, nor where a subscription
 * comes from.
 */
@NullMarked
package dev.orderwire.gateway.fanout;

import org.jspecify.annotations.NullMarked;

/**
 * Finds the views that want a change, and makes the messages of a view.
 *
 * <p>Begin with {@link dev.orderwire.gateway.match.Matcher}, which looks at each new moment once
 * for all subscriptions, then {@code ViewFrames}, which encodes a message once for all event loops.
 * {@code FrameCache} holds the views that are watched and bounds what is kept of their messages. It
 * must not know connections: what an event loop keeps for a view is a type parameter here.
 */
@NullMarked
package dev.orderwire.gateway.match;

import org.jspecify.annotations.NullMarked;

/**
 * Who is connected to which server. A server tells the others of its connections and how many each
 * identity and each address has, through an engine that a plugin of the bus brings; without one it
 * knows its own connections only.
 *
 * <p>Begin with {@link dev.orderwire.presence.Presence}, which the gateway uses, and {@link
 * dev.orderwire.presence.PresenceStore}, which the plugin implements. What a connection is, only
 * the gateway knows. Nothing here is needed to deliver a change: while the engine is away, each
 * server goes on alone.
 */
@NullMarked
package dev.orderwire.presence;

import org.jspecify.annotations.NullMarked;

/**
 * Brings a subscription from its client's state to the live feed: resume, replay of the change log,
 * and snapshots.
 *
 * <p>Begin with {@link dev.orderwire.gateway.catchup.Subscriber}, then {@code Resumption} and
 * {@code CatchUp}. Work that waits for MySQL or for a client runs on virtual threads behind {@code
 * Blocking}, at the client's pace. A snapshot is read once for all clients that want the same view,
 * into a {@code Spool} that bounds its memory. It must not know HTTP, nor how a live message is
 * sent.
 */
@NullMarked
package dev.orderwire.gateway.catchup;

import org.jspecify.annotations.NullMarked;

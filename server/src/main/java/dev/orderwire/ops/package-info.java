/**
 * What operators see of a server: its health and its metrics, and a canary that notices silent
 * stalls.
 *
 * <p>Begin with {@link dev.orderwire.ops.StatusPages}, the pages that the gateway serves. The parts
 * come in halves: {@link dev.orderwire.ops.ListenerHealth} and {@link
 * dev.orderwire.ops.ListenerMetrics} for a process that follows the change log, {@link
 * dev.orderwire.ops.GatewayMetrics} for one that serves clients. {@link dev.orderwire.ops.Canary}
 * spans both: it writes a row and waits until {@link dev.orderwire.ops.DeliveryProbe} says that its
 * change has passed all event loops. No client depends on this package.
 */
@NullMarked
package dev.orderwire.ops;

import org.jspecify.annotations.NullMarked;

/**
 * How much one address and one identity may ask: connections, requests, frames, snapshots, and
 * answers that they do not read. Begin with {@link dev.orderwire.gateway.limits.Limits}, which
 * counts them, and {@link dev.orderwire.gateway.limits.Allowance}, which one connection asks before
 * each step. The numbers stand in {@link dev.orderwire.gateway.protocol.Limit}. It knows neither
 * views nor messages.
 */
@NullMarked
package dev.orderwire.gateway.limits;

import org.jspecify.annotations.NullMarked;

/**
 * How those who run the server see it: its health and its metrics.
 *
 * <p>Begin with {@link dev.orderwire.ops.StatusPages}, which is what the gateway serves of it. What
 * the gateway tells of its work arrives in {@link dev.orderwire.ops.Metrics}; everything else is
 * asked for when somebody looks. {@link dev.orderwire.ops.Canary} sends an own row through the
 * whole pipeline, and {@link dev.orderwire.ops.SpareHeap} gives memory back, each on a thread of
 * its own. Nothing else here blocks, and nothing here is needed to serve a client.
 */
@NullMarked
package dev.orderwire.ops;

import org.jspecify.annotations.NullMarked;

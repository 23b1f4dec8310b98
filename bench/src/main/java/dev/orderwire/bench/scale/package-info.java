/**
 * Scenarios of several servers with a bus: what further gateways cost, how many connections they
 * hold, and how long clients wait when a part dies.
 *
 * <p>Begin with {@link dev.orderwire.bench.scale.ScaleBench}. The package knows the servers as
 * processes only.
 */
@NullMarked
package dev.orderwire.bench.scale;

import org.jspecify.annotations.NullMarked;

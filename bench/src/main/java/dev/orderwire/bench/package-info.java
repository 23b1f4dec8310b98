/**
 * The benchmarks: each starts what it measures as processes of their own, bounds its load in count
 * and time, stays on loopback, and prints a table with the numbers that it measured.
 *
 * <p>Begin with {@link dev.orderwire.bench.Bench}. Nothing of a server may depend on this package;
 * it uses a server from outside, as any client does.
 */
@NullMarked
package dev.orderwire.bench;

import org.jspecify.annotations.NullMarked;

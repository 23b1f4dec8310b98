/**
 * The benchmarks. Each scenario starts what it measures in processes of their own, bounds its load
 * in count and time, stays on loopback, and prints a table of figures.
 *
 * <p>Begin with {@link dev.orderwire.bench.Bench}, then read one scenario and {@link
 * dev.orderwire.bench.rig.Rig}, on which all of them run. The server must not depend on this
 * package, and the scenarios use a server as any client does.
 */
@NullMarked
package dev.orderwire.bench;

import org.jspecify.annotations.NullMarked;

/**
 * What every scenario runs on: a MySQL, a server process, writers, and readings of CPU and memory.
 *
 * <p>Begin with {@link dev.orderwire.bench.rig.Rig}. It knows no scenario.
 */
@NullMarked
package dev.orderwire.bench.rig;

import org.jspecify.annotations.NullMarked;

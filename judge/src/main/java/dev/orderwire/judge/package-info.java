/**
 * The judge: random writers, random clients and faults on a real MySQL and real server processes,
 * and after each round the question whether anything was lost, came twice or is wrong. It knows
 * servers from outside alone, by their documented protocol; what should have arrived it works out
 * from SQL, with code of its own.
 *
 * <p>Begin with {@link dev.orderwire.judge.Trial}, which reads as the course of a run. Nothing of a
 * server may depend on this package.
 */
@NullMarked
package dev.orderwire.judge;

import org.jspecify.annotations.NullMarked;

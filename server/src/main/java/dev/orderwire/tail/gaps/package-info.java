/**
 * The ids below the head of the log that have not become visible, and the proofs that some of them
 * never will.
 *
 * <p>Begin with {@link dev.orderwire.tail.gaps.Gaps}, which describes the life of a gap, then read
 * {@link dev.orderwire.tail.gaps.GapProof} and its implementations. No gap is given up because of
 * elapsed time. It must not know how changes are read or delivered.
 */
@NullMarked
package dev.orderwire.tail.gaps;

import org.jspecify.annotations.NullMarked;

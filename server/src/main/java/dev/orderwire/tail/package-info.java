/**
 * Follows the change log: one loop per process that reads each new change as soon as it is visible
 * and passes it on as moments.
 *
 * <p>Begin with {@link dev.orderwire.tail.Tail}, then read {@link dev.orderwire.tail.MomentReader}.
 * {@link dev.orderwire.tail.ReadPacer} decides when to read, {@link dev.orderwire.tail.doorbell}
 * signals commits, and {@link dev.orderwire.tail.gaps} proves which ids can no longer appear. It
 * must not know triggers or the gateway.
 */
@NullMarked
package dev.orderwire.tail;

import org.jspecify.annotations.NullMarked;

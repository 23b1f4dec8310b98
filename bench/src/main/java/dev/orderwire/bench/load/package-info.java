/**
 * The load: thousands of WebSocket clients in processes of their own, cheap enough to share a
 * machine with the server that they load.
 *
 * <p>Begin with {@link dev.orderwire.bench.load.Load}, which starts such processes and is told what
 * they saw. {@link dev.orderwire.bench.load.LoadGenerator} is the process itself: one thread, one
 * buffer, no JSON. It finds in the bytes what a writer has put there, a {@link
 * dev.orderwire.bench.load.Stamp}: so it knows how long each change took to each client, and
 * whether each client got each change exactly once. This package must not know what a scenario is.
 */
@NullMarked
package dev.orderwire.bench.load;

import org.jspecify.annotations.NullMarked;

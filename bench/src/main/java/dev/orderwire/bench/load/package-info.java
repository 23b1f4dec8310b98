/**
 * The load: thousands of WebSocket clients in processes of their own, cheap enough to share a
 * machine with the server that they connect to.
 *
 * <p>Begin with {@link dev.orderwire.bench.load.Load}, which starts these processes and collects
 * their reports. {@link dev.orderwire.bench.load.LoadGenerator} is the process itself: one thread,
 * one buffer, no JSON. It finds each writer's {@link dev.orderwire.bench.load.Stamp} in the bytes,
 * and so measures the delay of each change at each client, and checks that each client received
 * each change exactly once. This package must not know the scenarios.
 */
@NullMarked
package dev.orderwire.bench.load;

import org.jspecify.annotations.NullMarked;

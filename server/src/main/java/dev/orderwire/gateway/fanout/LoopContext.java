package dev.orderwire.gateway.fanout;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pump and the heartbeats of one event loop.
 *
 * @param census of all event loops
 * @param revoking whether a task that closes the connections of revoked clients waits to run
 */
record LoopContext(Pump pump, Heartbeats heartbeats, Census census, AtomicBoolean revoking) {}

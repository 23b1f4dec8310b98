package dev.orderwire.gateway.fanout;

/** The pump and the heartbeats of one event loop. */
record LoopContext(Pump pump, Heartbeats heartbeats) {}

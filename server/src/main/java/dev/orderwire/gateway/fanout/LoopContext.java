package dev.orderwire.gateway.fanout;

/** What belongs to one event loop. */
record LoopContext(Pump pump, Heartbeats heartbeats) {}

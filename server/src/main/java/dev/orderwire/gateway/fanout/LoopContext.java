package dev.orderwire.gateway.fanout;

/** What an event loop has of its own. */
record LoopContext(Pump pump, Heartbeats heartbeats) {}

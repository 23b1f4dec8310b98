package dev.orderwire.gateway;

/** What an event loop has of its own. */
record Lane(Pump pump, Heartbeats heartbeats) {}

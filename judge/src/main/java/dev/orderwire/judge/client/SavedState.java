package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;

/** What a client has stored of a view, to go on from after a restart. */
record SavedState(Rows rows, Deliveries deliveries, ReceivedPosition position, Sight sight) {}

package dev.orderwire.judge;

import java.time.Duration;
import java.util.Set;

/**
 * What a run is to be.
 *
 * @param length how long load lasts, all rounds together
 * @param round how long the load of one round lasts
 * @param scale how hard the writers work: 1 is for a small machine
 * @param trouble what may go wrong
 */
record Plan(
    Duration length,
    Duration round,
    long seed,
    int servers,
    int writers,
    int clients,
    int scale,
    Set<Trouble> trouble) {}

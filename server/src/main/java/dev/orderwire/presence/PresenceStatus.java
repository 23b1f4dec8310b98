package dev.orderwire.presence;

import java.util.Optional;

/**
 * How a server is connected with the others.
 *
 * @param store the address of the engine, without a password
 * @param servers how many servers are known, this one included
 * @param problem why the others are not known; empty if they are
 */
public record PresenceStatus(String store, int servers, Optional<String> problem) {}

package dev.orderwire.changelog.replica;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a replica is used.
 *
 * @param address without the password
 * @param cause why it is left out; empty while it is used
 * @param since since when it is left out
 * @param lag how long it took at the last check to apply all that the source had; empty while it is
 *     left out
 */
public record ReplicaStatus(
    String address, Optional<String> cause, Optional<Instant> since, Optional<Duration> lag) {}

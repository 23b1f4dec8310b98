package dev.orderwire.cli.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is to be followed.
 *
 * @param table null for the server's default table
 * @param where null for all rows
 * @param snapshot whether the rows as they are now come first
 * @param since the position to go on from; null for now
 */
public record Subscription(
    @Nullable String table, @Nullable JsonNode where, boolean snapshot, @Nullable String since) {}

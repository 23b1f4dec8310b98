package dev.orderwire.cli.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The view to follow, and where to start.
 *
 * @param table null for the server's default table
 * @param where null for all rows
 * @param snapshot whether to start with the current rows
 * @param since the position to continue from; null to start with the next change
 */
public record Subscription(
    @Nullable String table, @Nullable JsonNode where, boolean snapshot, @Nullable String since) {}

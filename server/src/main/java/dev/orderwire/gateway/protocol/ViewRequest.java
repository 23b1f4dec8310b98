package dev.orderwire.gateway.protocol;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The view that a client asks for, over WebSocket, server-sent events or HTTP.
 *
 * @param table null for the default table
 * @param role the role in which the client asks; null if it has only one
 * @param where read only once the table is known; gives null for all rows
 * @param columns null for all columns
 */
public record ViewRequest(
    @Nullable String table,
    @Nullable String role,
    Supplier<@Nullable JsonNode> where,
    @Nullable List<String> columns) {}

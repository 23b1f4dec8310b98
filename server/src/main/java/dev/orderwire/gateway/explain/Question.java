package dev.orderwire.gateway.explain;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.Table;
import dev.orderwire.view.View;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why does a client see a row, or not? Only for a client that may ask that.
 *
 * @param table the table of the row
 * @param key the row
 * @param viewer the client that is to see it
 * @param role the role of the viewer; empty if the server has no authentication
 * @param view the viewer's view of the table; null if no policy lets its role see the table
 * @param where the condition of that view; null for none
 * @param shown whether the client that asks, or the viewer, sees the values of a column as they are
 */
public record Question(
    Table table,
    RowKey key,
    Visitor viewer,
    String role,
    @Nullable View view,
    @Nullable JsonNode where,
    Predicate<String> shown) {}

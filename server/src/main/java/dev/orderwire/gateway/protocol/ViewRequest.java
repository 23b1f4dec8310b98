package dev.orderwire.gateway.protocol;

import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Catalog;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import java.util.List;
import java.util.Optional;
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
    @Nullable List<String> columns) {
  /**
   * The view of the table as it is now. What the client may not see is unknown to it.
   *
   * @throws OrderwireException {@code unknown_table}, or the error of the condition or the columns;
   *     as {@link Visitor#access}
   */
  public View in(Catalog catalog, Visitor visitor) {
    Access access = visitor.access(role);
    String name = table == null ? catalog.defaultTable().name() : table;
    Optional<Scope> scope = access.scope(name);
    Table known =
        scope.flatMap(_ -> catalog.table(name)).orElseThrow(() -> unknown(name, catalog, access));
    return View.of(known, scope.orElseThrow(), where.get(), columns);
  }

  private OrderwireException unknown(String name, Catalog catalog, Access access) {
    List<String> names =
        catalog.tables().stream()
            .map(Table::name)
            .filter(known -> access.scope(known).isPresent())
            .toList();
    return new OrderwireException(
        ErrorCode.UNKNOWN_TABLE,
        table == null
            ? "name one of the tables " + names
            : "there is no table '%s' here; there are %s".formatted(name, names));
  }
}

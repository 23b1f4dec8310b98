package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Catalog;
import dev.orderwire.view.View;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The view that a client asks for, over WebSocket, server-sent events or HTTP.
 *
 * @param table null for the default table
 * @param where read only once the table is known; gives null for all rows
 * @param columns null for all columns
 */
public record ViewRequest(
    @Nullable String table, Supplier<@Nullable JsonNode> where, @Nullable List<String> columns) {
  /**
   * The view of the table as it is now.
   *
   * @throws OrderwireException {@code unknown_table}, or the error of the condition or the columns
   */
  public View in(Catalog catalog) {
    Table known = table == null ? catalog.defaultTable() : named(table, catalog);
    return View.of(known, where.get(), columns);
  }

  private static Table named(String name, Catalog catalog) {
    return catalog
        .table(name)
        .orElseThrow(() ->
            new OrderwireException(
                ErrorCode.UNKNOWN_TABLE,
                "there is no table '%s' here; there are %s"
                    .formatted(name, catalog.tables().stream().map(Table::name).toList())));
  }
}

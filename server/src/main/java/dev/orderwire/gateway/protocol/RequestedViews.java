package dev.orderwire.gateway.protocol;

import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Catalog;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import dev.orderwire.view.WhereLimits;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the views that clients ask for. Safe for any number of threads. */
public final class RequestedViews {
  private final Catalog catalog;
  private final WhereLimits limits;
  private final Traffic traffic;

  public RequestedViews(Catalog catalog, GatewayOptions options, Traffic traffic) {
    this.catalog = catalog;
    this.limits = new WhereLimits(limit -> options.intLimit(Limit.of(limit)));
    this.traffic = traffic;
  }

  /**
   * The view of the table as it is now. What the client may not see is unknown to it.
   *
   * @throws OrderwireException {@code unknown_table}, or the error of the condition or the columns;
   *     as {@link Visitor#access}
   */
  public View view(ViewRequest request, Visitor visitor) {
    Access access = visitor.access(request.role());
    String name = request.table() == null ? catalog.defaultTable().name() : request.table();
    Optional<Scope> scope = access.scope(name);
    Table known =
        scope.flatMap(_ -> catalog.table(name)).orElseThrow(() -> unknown(request.table(), access));
    try {
      return View.of(known, scope.orElseThrow(), request.where().get(), limits, request.columns());
    } catch (WhereLimits.ExceededException e) {
      traffic.overLimit(Limit.of(e.limit()));
      throw e;
    }
  }

  private OrderwireException unknown(@Nullable String name, Access access) {
    List<String> names =
        catalog.tables().stream()
            .map(Table::name)
            .filter(known -> access.scope(known).isPresent())
            .toList();
    return new OrderwireException(
        ErrorCode.UNKNOWN_TABLE,
        name == null
            ? "name one of the tables " + names
            : "there is no table '%s' here; there are %s".formatted(name, names));
  }
}

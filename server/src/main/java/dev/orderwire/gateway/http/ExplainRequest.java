package dev.orderwire.gateway.http;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.explain.Explainer;
import dev.orderwire.gateway.explain.Explanation;
import dev.orderwire.gateway.explain.Question;
import dev.orderwire.gateway.explain.RowKey;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.gateway.protocol.ViewRequest;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code /api/tables/TABLE/explain}: why the client does or does not see a row; or why another one
 * does, whose token the client has too. The right to ask is that of the client, and is checked
 * before anything else: all that others ask gets one answer.
 */
final class ExplainRequest implements Supplier<Answer> {
  /** The parts that answer. */
  record Tools(RequestedViews views, Explainer explainer, Admission admission) {}

  private final Tools tools;
  private final @Nullable String other;
  private final @Nullable String otherRole;
  private final View own;
  private final RowKey key;
  private final ViewRequest request;
  private final Question ofAsker;

  /**
   * @param other the credential of the client to explain; null for the one that asks
   */
  ExplainRequest(String table, Query query, Visitor asker, @Nullable String other, Tools tools) {
    this.tools = tools;
    this.other = other;
    this.otherRole = query.get("forRole").orElse(null);
    this.request = query.view(table);
    this.own = tools.views().view(new ViewRequest(table, request.role(), () -> null, null), asker);
    if (!asker.access(request.role()).mayExplain(own.table().name())) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED,
          "this role may not ask for explanations: its policy of the table does not say explain: true");
    }
    if (other != null && asker.identity() == null) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER,
          "this server has no authentication, so all clients see the same: leave out the header Orderwire-For");
    }
    if (other == null && otherRole != null) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER,
          "forRole is the role of another identity: send its token in the header Orderwire-For, or name your own role as role");
    }
    String text =
        query
            .get("key")
            .orElseThrow(() ->
                new OrderwireException(
                    ErrorCode.BAD_PARAMETER,
                    "key is missing: send the key of the row, such as key={\"id\":42}"));
    this.key = RowKey.of(own, KeyParameter.read("key", own, text));
    View view = tools.views().view(request, asker);
    this.ofAsker = question(asker, view.scope().role(), view);
  }

  @Override
  public Answer get() {
    Question question = other == null ? ofAsker : ofOther(other);
    Explanation explanation;
    try {
      explanation = tools.explainer().explain(question);
    } catch (OrderwireException e) {
      throw PublicError.of(own, e);
    }
    return Answer.json(HttpResponseStatus.OK, explanation::write);
  }

  private Question ofOther(String credential) {
    Visitor viewer;
    Optional<Scope> scope;
    try {
      viewer = tools.admission().admit(credential);
      viewer.awaitLookups();
      scope = viewer.access(otherRole).scope(own.table().name());
    } catch (OrderwireException e) {
      throw e.code().retryable()
          ? e
          : new OrderwireException(ErrorCode.BAD_PARAMETER, "Orderwire-For: " + e.getMessage(), e);
    }
    if (scope.isEmpty()) {
      Identity identity = Objects.requireNonNull(viewer.identity());
      return question(viewer, otherRole == null ? identity.roles().getFirst() : otherRole, null);
    }
    View view =
        tools
            .views()
            .view(
                new ViewRequest(request.table(), otherRole, request.where(), request.columns()),
                viewer);
    return question(viewer, view.scope().role(), view);
  }

  private Question question(Visitor viewer, String role, @Nullable View view) {
    JsonNode where = request.where().get();
    return new Question(
        view == null ? own.table() : view.table(),
        key,
        viewer,
        role,
        view,
        where == null || where.isNull() ? null : where,
        column -> own.scope().isPlain(column) || (view != null && view.scope().isPlain(column)));
  }
}

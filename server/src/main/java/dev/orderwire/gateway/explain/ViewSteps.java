package dev.orderwire.gateway.explain;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Change;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import dev.orderwire.feed.RowHistory.Found;
import dev.orderwire.gateway.explain.Explanation.LoggedChange;
import dev.orderwire.gateway.explain.Explanation.Progress;
import dev.orderwire.gateway.explain.Explanation.Subscribed;
import dev.orderwire.gateway.explain.Explanation.Subscribed.Place;
import dev.orderwire.gateway.explain.Step.Outcome;
import dev.orderwire.gateway.explain.Step.Part;
import dev.orderwire.gateway.fanout.Watching;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The steps from the server to the client. A condition of the client is tested only on a row that
 * the policy shows: otherwise its answers would tell the values of any row.
 */
final class ViewSteps {
  private static final int MOST_VIEWS = 100;
  private static final int MOST_IN_WORDS = 10;

  private final Question question;
  private final @Nullable View view;
  private final Found found;
  private final Optional<LoggedChange> newest;
  private final @Nullable Map<Watching, Integer> watching;
  private final List<Subscribed> subscriptions;

  /**
   * @param newest the newest committed change
   * @param watching the subscriptions of the client; null if they are not known
   */
  ViewSteps(
      Question question,
      Found found,
      Optional<LoggedChange> newest,
      @Nullable Map<Watching, Integer> watching) {
    this.question = question;
    this.view = question.view();
    this.found = found;
    this.newest = newest;
    this.watching = watching;
    this.subscriptions =
        watching == null
            ? List.of()
            : watching.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().view().id()))
                .limit(MOST_VIEWS)
                .map(entry -> subscribed(entry.getKey(), entry.getValue()))
                .toList();
  }

  List<Subscribed> subscriptions() {
    return subscriptions;
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    steps.add(policy());
    if (view != null && question.where() != null) {
      steps.add(where(view, question.where()));
    }
    if (view != null && found.change() != null) {
      steps.add(change(view, found.change()));
    }
    steps.add(sent());
    return steps;
  }

  private Step policy() {
    String role = "the role \"%s\"".formatted(question.role());
    if (view == null) {
      return step(
          Part.POLICY,
          Outcome.STOPS,
          "No policy lets %s see this table, so it sees no row of it.".formatted(role));
    }
    if (view.scope().isEverything()) {
      return step(
          Part.POLICY, Outcome.PASSES, "The server has no authentication: no policy hides rows.");
    }
    JsonNode rows = view.scope().rows();
    if (rows == null) {
      return step(Part.POLICY, Outcome.PASSES, "The policy of %s shows all rows.".formatted(role));
    }
    if (rows.path("or").isArray() && rows.path("or").isEmpty()) {
      return step(
          Part.POLICY,
          Outcome.STOPS,
          "The policy of %s shows this identity no rows: most likely its token lacks a claim of the policy, or the claim is not a value."
              .formatted(role));
    }
    String condition = ConditionText.of(rows, question.shown());
    Row row = found.row();
    if (row == null) {
      return step(
          Part.POLICY,
          Outcome.UNKNOWN,
          "The policy of %s shows rows where %s.".formatted(role, condition));
    }
    return view.allows(row)
        ? step(
            Part.POLICY,
            Outcome.PASSES,
            "The policy of %s shows the row: it shows rows where %s.".formatted(role, condition))
        : step(
            Part.POLICY,
            Outcome.STOPS,
            "The policy of %s hides the row: it shows rows where %s.".formatted(role, condition));
  }

  private Step where(View asked, JsonNode where) {
    Row row = found.row();
    if (row == null || !asked.allows(row)) {
      return step(
          Part.WHERE, Outcome.UNKNOWN, "where was not tested: there is no row that it could show.");
    }
    // Its columns are those of the view, or there would be no view.
    String condition = ConditionText.of(where, _ -> true);
    return asked.matches(row)
        ? step(
            Part.WHERE,
            Outcome.PASSES,
            "where shows the row: it asks for rows where %s.".formatted(condition))
        : step(
            Part.WHERE,
            Outcome.STOPS,
            "where hides the row: it asks for rows where %s.".formatted(condition));
  }

  private static Step change(View asked, Change change) {
    Optional<ViewChange> seen = asked.see(change);
    if (seen.isPresent()) {
      return step(
          Part.CHANGE,
          Outcome.PASSES,
          "For this client, change %d is %s%s."
              .formatted(
                  change.id(),
                  text(seen.get().op()),
                  seen.get().hidden() ? " with the key alone, as the policy hides the row" : ""));
    }
    String reason =
        !any(change, asked::allows)
            ? "the policy hides the row, before the change and after it"
            : !any(change, asked::matches)
                ? "where shows the row neither before the change nor after it"
                : "it altered only what the client does not see";
    return step(
        Part.CHANGE,
        Outcome.STOPS,
        "Of change %d nothing is sent: %s.".formatted(change.id(), reason));
  }

  private static boolean any(Change change, Predicate<Row> condition) {
    Row before = change.before();
    Row after = change.after();
    return (before != null && condition.test(before)) || (after != null && condition.test(after));
  }

  private Step sent() {
    if (watching == null) {
      return step(
          Part.SENT, Outcome.UNKNOWN, "The client's subscriptions could not be counted in time.");
    }
    if (subscriptions.isEmpty()) {
      return step(
          Part.SENT,
          Outcome.UNKNOWN,
          "The client has no subscription to this table on this server. Other servers are not asked.");
    }
    Outcome outcome =
        subscriptions.stream().anyMatch(each -> each.place() == Place.PASSED && each.op() != null)
            ? Outcome.PASSES
            : isRead() && subscriptions.stream().allMatch(Subscribed::gotNothing)
                ? Outcome.STOPS
                : Outcome.UNKNOWN;
    return step(
        Part.SENT,
        outcome,
        subscriptions.stream().limit(MOST_IN_WORDS).map(this::text).collect(joining(" "))
            + (subscriptions.size() > MOST_IN_WORDS ? " There are more views." : "")
            + " Other servers are not asked.");
  }

  private boolean isRead() {
    return newest.filter(last -> last.progress() == Progress.READ).isPresent();
  }

  private Subscribed subscribed(Watching each, int count) {
    boolean sameRights =
        view != null
            && each.view().scope().tag().equals(view.scope().tag())
            && each.view().scope().role().equals(view.scope().role());
    Place place =
        !sameRights
            ? Place.OTHER_RIGHTS
            : !each.live() ? Place.CATCHING_UP : each.passed() ? Place.PASSED : Place.BEHIND;
    Op op =
        sameRights && found.change() != null
            ? each.view().see(found.change()).map(ViewChange::op).orElse(null)
            : null;
    return new Subscribed(each.view().id(), each.view().scope().role(), count, place, op);
  }

  private String text(Subscribed each) {
    String subject =
        "View %s (%d %s)"
            .formatted(each.view(), each.count(), each.count() == 1 ? "client" : "clients");
    String change = newest.map(last -> "change " + last.id()).orElse("");
    boolean live = each.place() == Place.PASSED || each.place() == Place.BEHIND;
    if (live && !isRead()) {
      return subject + " is live, and has nothing to send yet.";
    }
    return switch (each.place()) {
      case OTHER_RIGHTS -> subject + " has other rights than this token.";
      case CATCHING_UP -> subject + " is being caught up.";
      case BEHIND ->
          subject + " has not come to %s: it reads slowly, or has a pace.".formatted(change);
      case PASSED ->
          each.op() == null
              ? subject + " has passed %s, and does not show it.".formatted(change)
              : subject
                  + " was sent %s as %s, or began after it; what the network did with it is not known."
                      .formatted(change, text(each.op()));
    };
  }

  private static String text(Op op) {
    return op == Op.DELETE ? "a delete" : "an " + op.text();
  }

  private static Step step(Part part, Outcome outcome, String sentence) {
    return new Step(part, outcome, sentence);
  }
}

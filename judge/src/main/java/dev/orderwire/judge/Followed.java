package dev.orderwire.judge;

import java.math.BigDecimal;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A view as one client follows it: it does with each message what docs/reference/protocol.md says,
 * and checks what can be checked at once. For one thread at a time.
 */
final class Followed {
  private final Wish wish;
  private final @Nullable BigDecimal sum;
  private final BiConsumer<Findings.Kind, String> findings;
  private final Tally tally;
  private final Plan plan;

  /** Whether the client knows all rows, and not just changes. */
  private boolean hasRows;

  private Rows rows = new Rows();
  private Deliveries deliveries = new Deliveries();
  private @Nullable Shape shape;
  private @Nullable Mark position;
  private @Nullable String view;
  private boolean awaitsSnapshot;
  private boolean complete;

  /** What the client has kept to go back to, as one that stores its state now and then. */
  private @Nullable Kept kept;

  private record Kept(Rows rows, Deliveries deliveries, Mark position) {}

  /**
   * @param withRows whether to begin with a snapshot
   * @param sum what the balances of the view always add up to; null where they do not
   */
  Followed(
      Wish wish,
      boolean withRows,
      @Nullable BigDecimal sum,
      BiConsumer<Findings.Kind, String> findings,
      Tally tally,
      Plan plan) {
    this.wish = wish;
    this.hasRows = withRows;
    this.awaitsSnapshot = withRows;
    this.sum = sum;
    this.findings = findings;
    this.tally = tally;
    this.plan = plan;
  }

  Wish wish() {
    return wish;
  }

  /** Its name on the present connection; null where it is not subscribed. */
  @Nullable String view() {
    return view;
  }

  @Nullable Mark position() {
    return position;
  }

  /** What to resume from; null where there is nothing yet, or a snapshot is to be asked for. */
  @Nullable String since() {
    return awaitsSnapshot || position == null ? null : position.text();
  }

  boolean hasRows() {
    return hasRows;
  }

  /** Whether a snapshot is to be asked for, and no position to be given. */
  boolean awaitsSnapshot() {
    return awaitsSnapshot;
  }

  Rows rows() {
    return rows;
  }

  Deliveries deliveries() {
    return deliveries;
  }

  /** Whether it is up to date with all of the log. */
  boolean hasReached(LogEnd end) {
    return view != null
        && !awaitsSnapshot
        && complete
        && position != null
        && end.isSeenBy(position);
  }

  Shape shape() {
    if (shape == null) {
      throw new IllegalStateException("not subscribed yet: " + wish);
    }
    return shape;
  }

  /** The connection is gone. */
  void disconnected() {
    view = null;
  }

  void keep() {
    if (hasRows && complete && !awaitsSnapshot && position != null && rows.size() < 2_000) {
      kept = new Kept(new Rows(rows), new Deliveries(deliveries), position);
    }
  }

  /** Goes back to what was kept last. */
  void goBack() {
    if (kept != null) {
      rows = new Rows(kept.rows());
      deliveries = new Deliveries(kept.deliveries());
      position = kept.position();
      tally.count(Tally.Group.CLIENTS, "went back to an earlier state");
    }
  }

  /** Forgets all that it knows. */
  void beginAnew() {
    rows.clear();
    position = null;
    kept = null;
    awaitsSnapshot = hasRows;
  }

  /** All that came up to now has been judged. */
  void judged() {
    kept = null;
    if (position != null) {
      deliveries.forgetUpTo(position);
    }
  }

  void subscribed(JsonNode message) {
    view = message.path("view").asString();
    shape = Shape.of(message);
    complete = false;
    if (awaitsSnapshot) {
      rows.clear();
    } else if (position == null) {
      position = positionOf(message);
      deliveries.beginAfter(position);
      complete = true;
    } else {
      deliveries.resumeAfter(position);
      // With since, what was missed is still to come; a heartbeat or a change says that it has.
      complete = true;
    }
  }

  void snapshot(JsonNode message) {
    if (!awaitsSnapshot) {
      findings.accept(Findings.Kind.PROTOCOL, "a snapshot came that was not asked for: " + wish);
      return;
    }
    for (JsonNode row : message.path("rows")) {
      String key = shape().key(row);
      if (rows.text(key) != null) {
        findings.accept(Findings.Kind.WRONG, "row %s came twice in a snapshot".formatted(key));
      }
      rows.put(key, shape().row(row), row);
    }
    if (message.path("done").asBoolean()) {
      awaitsSnapshot = false;
      hasRows = true;
      position = positionOf(message);
      deliveries.beginAfter(position);
      complete = true;
      tally.count(Tally.Group.CLIENTS, "snapshots");
      checkSum();
    }
  }

  void reset(JsonNode message) {
    String reason = message.path("reason").asString();
    tally.count(Tally.Group.CLIENTS, "resets: " + reason);
    if (!plan.expectsReset(reason)) {
      findings.accept(Findings.Kind.PROTOCOL, "nothing happened that explains " + message);
    }
    shape = Shape.of(message);
    rows.clear();
    position = null;
    kept = null;
    awaitsSnapshot = true;
  }

  /** Applies changes, in the order that they are told in. */
  void changes(JsonNode message) {
    if (awaitsSnapshot) {
      findings.accept(Findings.Kind.PROTOCOL, "changes came before the snapshot: " + wish);
      return;
    }
    for (JsonNode change : message.path("changes")) {
      change(change);
    }
    position = positionOf(message);
    complete = !message.path("more").asBoolean(false);
    tally.count(Tally.Group.CLIENTS, "changes delivered", message.path("changes").size());
    if (complete) {
      checkSum();
    }
  }

  void position(Mark seen) {
    if (!awaitsSnapshot && view != null) {
      position = seen;
    }
  }

  private void change(JsonNode change) {
    long id = change.path("id").asLong();
    String key = shape().key(change.path("key"));
    long repeats = deliveries.repeats();
    Deliveries.Wrong wrong = deliveries.add(id, key, shape().change(change));
    if (deliveries.repeats() > repeats) {
      tally.count(Tally.Group.CLIENTS, "changes that came again, as positions allow");
    }
    if (wrong != null) {
      findings.accept(wrong.kind(), "change %d of %s: %s".formatted(id, key, wrong.what()));
    }
    if (!hasRows) {
      return;
    }
    if (change.path("op").asString().equals("delete")) {
      rows.remove(key);
    } else {
      rows.put(key, shape().row(change.path("row")), change.path("row"));
    }
  }

  private void checkSum() {
    if (sum != null && hasRows && rows.sum().compareTo(sum) != 0) {
      findings.accept(
          Findings.Kind.BROKEN_SUM,
          "%s shows %s instead of %s at %s".formatted(wish, rows.sum(), sum, position));
    }
  }

  private static Mark positionOf(JsonNode message) {
    return Mark.of(message.path("position").asString());
  }
}

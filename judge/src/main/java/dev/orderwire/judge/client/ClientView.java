package dev.orderwire.judge.client;

import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.ViewSpec;
import java.math.BigDecimal;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client's copy of a view. It applies each message as docs/reference/protocol.md says, and checks
 * what can be checked at once. For one thread at a time.
 */
public final class ClientView {
  private static final String REPEATED = "changes repeated after a resume, as positions allow";

  /** Larger views are not saved. */
  private static final int MOST_SAVED_ROWS = 2_000;

  private final ViewSpec spec;
  private final @Nullable BigDecimal sum;
  private final BiConsumer<Findings.Kind, String> findings;
  private final Tally tally;
  private final Plan plan;

  /** Whether the client keeps the rows, rather than just receiving changes. */
  private boolean hasRows;

  private Rows rows = new Rows();
  private Deliveries deliveries = new Deliveries();
  private @Nullable ViewSchema schema;
  private @Nullable ReceivedPosition position;
  private @Nullable String id;
  private boolean awaitsSnapshot;
  private boolean complete;
  private @Nullable SavedState saved;

  private record SavedState(Rows rows, Deliveries deliveries, ReceivedPosition position) {}

  /**
   * @param withRows whether to start with a snapshot
   * @param sum the constant sum of the view's balances; null where it is not constant
   */
  ClientView(
      ViewSpec spec,
      boolean withRows,
      @Nullable BigDecimal sum,
      BiConsumer<Findings.Kind, String> findings,
      Tally tally,
      Plan plan) {
    this.spec = spec;
    this.hasRows = withRows;
    this.awaitsSnapshot = withRows;
    this.sum = sum;
    this.findings = findings;
    this.tally = tally;
    this.plan = plan;
    // The summary shows it also where nothing was repeated.
    tally.count(Tally.Group.CLIENTS, REPEATED, 0);
  }

  public ViewSpec spec() {
    return spec;
  }

  /** The view's id on this connection; null where it is not subscribed. */
  @Nullable String id() {
    return id;
  }

  @Nullable ReceivedPosition position() {
    return position;
  }

  /** The position to resume from; null where there is none yet, or a snapshot is needed. */
  @Nullable String since() {
    return awaitsSnapshot || position == null ? null : position.text();
  }

  public boolean hasRows() {
    return hasRows;
  }

  /** Whether the next subscription must ask for a snapshot. */
  boolean awaitsSnapshot() {
    return awaitsSnapshot;
  }

  public Rows rows() {
    return rows;
  }

  public Deliveries deliveries() {
    return deliveries;
  }

  /** Whether the view has received everything up to the end of the log. */
  boolean hasReached(LogEnd end) {
    return id != null
        && !awaitsSnapshot
        && complete
        && position != null
        && end.isCoveredBy(position);
  }

  public ViewSchema schema() {
    if (schema == null) {
      throw new IllegalStateException("not subscribed yet: " + spec);
    }
    return schema;
  }

  void disconnected() {
    id = null;
  }

  /** Saves the present state, as a client does that stores its state now and then. */
  void save() {
    if (hasRows
        && complete
        && !awaitsSnapshot
        && position != null
        && rows.size() < MOST_SAVED_ROWS) {
      saved = new SavedState(new Rows(rows), new Deliveries(deliveries), position);
    }
  }

  /** Returns to the saved state, if there is one. */
  void restore() {
    if (saved != null) {
      rows = new Rows(saved.rows());
      deliveries = new Deliveries(saved.deliveries());
      position = saved.position();
      tally.count(Tally.Group.CLIENTS, "restored an earlier state");
    }
  }

  /** Forgets rows and position. */
  void startOver() {
    rows.clear();
    position = null;
    saved = null;
    awaitsSnapshot = hasRows;
  }

  /** A round has passed: everything received so far has been checked. */
  void roundPassed() {
    saved = null;
    if (position != null) {
      deliveries.forgetUpTo(position);
    }
  }

  void subscribed(JsonNode message) {
    id = message.path("view").asString();
    schema = ViewSchema.of(message);
    complete = false;
    if (awaitsSnapshot) {
      rows.clear();
    } else if (position == null) {
      position = positionOf(message);
      deliveries.startAfter(position);
      complete = true;
    } else {
      deliveries.resumeAfter(position);
      // Missed changes are still to come; the position shows when they have arrived.
      complete = true;
    }
  }

  void snapshot(JsonNode message) {
    if (!awaitsSnapshot) {
      findings.accept(Findings.Kind.PROTOCOL, "received a snapshot without asking for it: " + spec);
      return;
    }
    for (JsonNode row : message.path("rows")) {
      String key = schema().key(row);
      if (rows.text(key) != null) {
        findings.accept(Findings.Kind.WRONG, "row %s is in the snapshot twice".formatted(key));
      }
      rows.put(key, schema().row(row), row);
    }
    if (message.path("done").asBoolean()) {
      awaitsSnapshot = false;
      hasRows = true;
      position = positionOf(message);
      deliveries.startAfter(position);
      complete = true;
      tally.count(Tally.Group.CLIENTS, "snapshots");
      checkSum();
    }
  }

  void reset(JsonNode message) {
    String reason = message.path("reason").asString();
    tally.count(Tally.Group.CLIENTS, "resets: " + reason);
    if (!plan.expectsReset(reason)) {
      findings.accept(Findings.Kind.PROTOCOL, "no injected fault explains " + message);
    }
    schema = ViewSchema.of(message);
    rows.clear();
    position = null;
    saved = null;
    awaitsSnapshot = true;
  }

  /** Applies the changes in their order. */
  void changes(JsonNode message) {
    if (awaitsSnapshot) {
      findings.accept(Findings.Kind.PROTOCOL, "received changes before the snapshot: " + spec);
      return;
    }
    for (JsonNode change : message.path("changes")) {
      change(change);
    }
    position = positionOf(message);
    checkCovers(position, message.path("changes"));
    complete = !message.path("more").asBoolean(false);
    tally.count(Tally.Group.CLIENTS, "changes delivered", message.path("changes").size());
    if (complete) {
      checkSum();
    }
  }

  void position(ReceivedPosition newest) {
    if (!awaitsSnapshot && id != null) {
      position = newest;
    }
  }

  private void change(JsonNode change) {
    long changeId = change.path("id").asLong();
    String key = schema().key(change.path("key"));
    long repeats = deliveries.repeats();
    Deliveries.Defect defect = deliveries.add(changeId, key, schema().change(change));
    if (deliveries.repeats() > repeats) {
      tally.count(Tally.Group.CLIENTS, REPEATED);
    }
    if (defect != null) {
      findings.accept(defect.kind(), "change %d of %s: %s".formatted(changeId, key, defect.what()));
    }
    if (!hasRows) {
      return;
    }
    if (change.path("op").asString().equals("delete")) {
      rows.remove(key);
    } else {
      rows.put(key, schema().row(change.path("row")), change.path("row"));
    }
  }

  /** Otherwise the changes would come again after a resume from this position. */
  private void checkCovers(ReceivedPosition newest, JsonNode changes) {
    if (newest.isAbridged()) {
      return;
    }
    for (JsonNode change : changes) {
      if (!newest.covers(change.path("id").asLong())) {
        findings.accept(
            Findings.Kind.PROTOCOL,
            "the position %s does not cover change %s of its message"
                .formatted(newest, change.path("id")));
        return;
      }
    }
  }

  private void checkSum() {
    if (sum != null && hasRows && rows.sum().compareTo(sum) != 0) {
      findings.accept(
          Findings.Kind.BROKEN_SUM,
          "%s shows the sum %s instead of %s at %s".formatted(spec, rows.sum(), sum, position));
    }
  }

  private static ReceivedPosition positionOf(JsonNode message) {
    return ReceivedPosition.of(message.path("position").asString());
  }
}

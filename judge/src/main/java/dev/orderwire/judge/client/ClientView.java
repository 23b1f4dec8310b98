package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;
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
  private final DenialCheck denials;
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

  private final Standing standing;

  /** What the rows of a lookup's view showed. */
  private final Sightings sightings = new Sightings();

  /** The first change that did not fit the rows; null if all did, or the view was reset since. */
  private @Nullable Misfit misfit;

  /**
   * @param sight what the client may see of the table
   * @param withRows whether to start with a snapshot
   * @param sum the constant sum of the view's balances; null where it is not constant
   */
  ClientView(
      ViewSpec spec,
      Sight sight,
      boolean withRows,
      @Nullable BigDecimal sum,
      BiConsumer<Findings.Kind, String> findings,
      Tally tally,
      Plan plan) {
    this.spec = spec;
    this.standing = new Standing(sight);
    this.hasRows = withRows;
    this.awaitsSnapshot = withRows;
    this.sum = sum;
    this.findings = findings;
    this.denials = new DenialCheck(findings, tally);
    this.tally = tally;
    this.plan = plan;
    // The summary shows it also where nothing was repeated.
    tally.count(Tally.Group.CLIENTS, REPEATED, 0);
    denials.begin(sight);
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

  /** What the client may see. */
  public Sight sight() {
    return standing.sight();
  }

  /** Whether rows came and went without a change of their own, so that only rows can be checked. */
  public boolean hasMoved() {
    return standing.hasMoved();
  }

  /** The first change that did not fit the rows, and that no reset has followed. */
  public @Nullable Misfit misfit() {
    return misfit;
  }

  /** What the rows of a lookup's view showed since the last round that passed. */
  public Sightings sightings() {
    return sightings;
  }

  /** Whether the server must refuse the view. */
  boolean isForbidden() {
    return sight().forbids(spec);
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
        && !standing.isResetDue()
        && complete
        && position != null
        && !standing.isMoveDue(position)
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

  /**
   * The client is about to subscribe.
   *
   * @param now what it may see
   */
  void subscribing(Sight now) {
    standing.subscribing(now, since() != null);
  }

  /** The client sends a token with which it may see something else. */
  void renewing(Sight next) {
    standing.renewing(next);
  }

  /** From here on the client may see this. */
  void renewed(Sight now) {
    boolean hasBegun = id != null || since() != null;
    standing.renewed(now, hasBegun, awaitsSnapshot ? null : position);
  }

  /** Saves the present state, as a client does that stores its state now and then. */
  void save() {
    if (hasRows
        && complete
        && !awaitsSnapshot
        && !standing.isResetDue()
        && !standing.hasMoved()
        && position != null
        && rows.size() < MOST_SAVED_ROWS) {
      saved =
          new SavedState(new Rows(rows), new Deliveries(deliveries), position, standing.ofRows());
    }
  }

  /** Returns to the saved state, if there is one. */
  void restore() {
    if (saved != null) {
      rows = new Rows(saved.rows());
      deliveries = new Deliveries(saved.deliveries());
      position = saved.position();
      standing.restored(saved.sight());
      misfit = null;
      tally.count(Tally.Group.CLIENTS, "restored an earlier state");
    }
  }

  /** Forgets rows and position. */
  void startOver() {
    rows.clear();
    misfit = null;
    position = null;
    saved = null;
    awaitsSnapshot = hasRows;
  }

  /** A round has passed: everything received so far has been checked. */
  void roundPassed() {
    saved = null;
    standing.deliveriesBegin();
    sightings.clear();
    if (position != null) {
      deliveries.forgetUpTo(position);
    }
  }

  void subscribed(JsonNode message) {
    id = message.path("view").asString();
    schema = schemaOf(message);
    complete = false;
    if (isForbidden()) {
      findings.accept(Findings.Kind.DENIED, "subscribed to %s as %s".formatted(spec, sight()));
    }
    if (awaitsSnapshot) {
      rows.clear();
    } else if (position == null) {
      moveTo(positionOf(message));
      deliveries.startAfter(positionOf(message));
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
    if (standing.isResetDue()) {
      findings.accept(Findings.Kind.DENIED, "received rows before the reset that is due: " + spec);
    }
    for (JsonNode row : message.path("rows")) {
      denials.row(sight(), row);
      sightings.add(sight(), row);
      String key = schema().key(row);
      if (rows.text(key) != null) {
        findings.accept(Findings.Kind.WRONG, "row %s is in the snapshot twice".formatted(key));
      }
      rows.put(key, schema().row(row), row);
    }
    if (message.path("done").asBoolean()) {
      awaitsSnapshot = false;
      hasRows = true;
      sightings.end(standing, null, positionOf(message));
      moveTo(positionOf(message));
      deliveries.startAfter(positionOf(message));
      standing.deliveriesBegin();
      complete = true;
      tally.count(Tally.Group.CLIENTS, "snapshots");
      checkSum();
    }
  }

  void reset(JsonNode message) {
    String reason = message.path("reason").asString();
    tally.count(Tally.Group.CLIENTS, "resets: " + reason);
    boolean explained =
        reason.equals("policy") ? standing.explainsPolicyReset() : plan.expectsReset(reason);
    if (!explained) {
      findings.accept(Findings.Kind.PROTOCOL, "neither a fault nor new rights explain " + message);
    }
    schema = schemaOf(message);
    standing.reset();
    sightings.reset();
    misfit = null;
    rows.clear();
    position = null;
    saved = null;
    awaitsSnapshot = true;
  }

  private ViewSchema schemaOf(JsonNode message) {
    ViewSchema read = ViewSchema.of(message);
    denials.schema(sight(), read, message);
    return read;
  }

  /** Applies the changes in their order. */
  void changes(JsonNode message) {
    if (awaitsSnapshot) {
      findings.accept(Findings.Kind.PROTOCOL, "received changes before the snapshot: " + spec);
      return;
    }
    if (standing.isResetDue()) {
      findings.accept(
          Findings.Kind.DENIED, "received changes before the reset that is due: " + spec);
    }
    for (JsonNode change : message.path("changes")) {
      denials.change(sight(), change);
      sightings.add(sight(), change.path("row"));
      change(change);
    }
    sightings.end(standing, position, positionOf(message));
    moveTo(positionOf(message));
    checkCovers(positionOf(message), message.path("changes"));
    complete = !message.path("more").asBoolean(false);
    tally.count(Tally.Group.CLIENTS, "changes delivered", message.path("changes").size());
    if (complete) {
      checkSum();
    }
  }

  void position(ReceivedPosition newest) {
    if (!awaitsSnapshot && !standing.isResetDue() && id != null) {
      standing.heartbeat();
      moveTo(newest);
    }
  }

  private void change(JsonNode change) {
    long changeId = change.path("id").asLong();
    String key = schema().key(change.path("key"));
    if (hasMoved()) {
      checkFits(change.path("op").asString(), key);
    } else if (change.path("id").isNull()) {
      findings.accept(
          Findings.Kind.PROTOCOL, "a row moves, but the rights are as before: " + change);
    } else {
      checkDelivery(changeId, key, change);
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

  private void checkDelivery(long changeId, String key, JsonNode change) {
    long repeats = deliveries.repeats();
    Deliveries.Defect defect = deliveries.add(changeId, key, schema().change(change));
    if (deliveries.repeats() > repeats) {
      tally.count(Tally.Group.CLIENTS, REPEATED);
    }
    if (defect != null) {
      findings.accept(defect.kind(), "change %d of %s: %s".formatted(changeId, key, defect.what()));
    }
  }

  /**
   * After a schema change that no trigger sees, such as TRUNCATE, changes may arrive before the
   * reset: a misfit counts only if none follows.
   */
  private void checkFits(String op, String key) {
    boolean mayRepeat = position != null && position.isAbridged();
    if (hasRows && !mayRepeat && misfit == null) {
      misfit = Misfit.of(op, key, rows.text(key));
    }
  }

  /** Otherwise the changes would come again after a resume from this position. */
  private void checkCovers(ReceivedPosition newest, JsonNode changes) {
    String uncovered = newest.uncovered(changes);
    if (uncovered != null) {
      findings.accept(
          Findings.Kind.PROTOCOL,
          "the position %s does not cover change %s of its message".formatted(newest, uncovered));
    }
  }

  private void checkSum() {
    if (sum != null && hasRows && rows.sum().compareTo(sum) != 0) {
      findings.accept(
          Findings.Kind.BROKEN_SUM,
          "%s shows the sum %s instead of %s at %s".formatted(spec, rows.sum(), sum, position));
    }
  }

  private void moveTo(ReceivedPosition newest) {
    position = newest;
    standing.received(newest);
  }

  private static ReceivedPosition positionOf(JsonNode message) {
    return ReceivedPosition.of(message.path("position").asString());
  }
}

package dev.orderwire.gateway.explain;

import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.UtcTime;
import dev.orderwire.gateway.explain.Step.Outcome;
import dev.orderwire.gateway.protocol.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The answer to a {@link Question}.
 *
 * @param viewer the name of the client that is to see the row; null without authentication
 * @param role empty without authentication
 * @param visible whether a snapshot would show the row; null if that cannot be known
 * @param steps in the order of their parts
 * @param changes the newest first
 * @param searched how many entries of the change log were looked at
 * @param all whether these were all entries
 * @param subscriptions of the viewer on this server
 */
public record Explanation(
    String table,
    Key key,
    @Nullable String viewer,
    String role,
    @Nullable Boolean visible,
    List<Step> steps,
    List<LoggedChange> changes,
    long searched,
    boolean all,
    List<Subscribed> subscriptions) {
  public Explanation {
    steps = List.copyOf(steps);
    changes = List.copyOf(changes);
    subscriptions = List.copyOf(subscriptions);
  }

  /** How far a change has come. */
  enum Progress {
    /** Its transaction is open. */
    UNCOMMITTED,
    /** The server has read beyond its id, and will read it: its transaction committed late. */
    GAP,
    /** The server has not come to it yet. */
    UNREAD,
    READ
  }

  record LoggedChange(long id, Op op, Instant at, Progress progress) {}

  /**
   * Subscriptions to one view that are at the same place.
   *
   * @param op what the newest change is in the view; null if the view does not show it, and for
   *     {@link Place#OTHER_RIGHTS}
   */
  record Subscribed(String view, String role, int count, Place place, @Nullable Op op) {
    /** Where subscriptions are, compared with the newest change. */
    enum Place {
      /** They have sent it, do not show it, or began after it. */
      PASSED,
      /** They have not come to it: their clients read slowly, or asked for a pace. */
      BEHIND,
      /** They are being caught up from MySQL. */
      CATCHING_UP,
      /** They began with another token, so nothing of the row is told of them. */
      OTHER_RIGHTS
    }

    /** Whether nothing of the change was sent to them. */
    boolean gotNothing() {
      return place == Place.BEHIND || (place == Place.PASSED && op == null);
    }
  }

  /** The first step that the row does not pass. */
  private Optional<Step> stop() {
    return steps.stream().filter(step -> step.outcome() == Outcome.STOPS).findFirst();
  }

  /** Writes the members of a JSON object. */
  public void write(JsonGenerator json) {
    json.writeStringProperty("table", table);
    json.writeName("key");
    Json.row(json, key.columns());
    json.writeName("identity");
    text(json, viewer);
    json.writeName("role");
    text(json, role.isEmpty() ? null : role);
    json.writeName("visible");
    if (visible == null) {
      json.writeNull();
    } else {
      json.writeBoolean(visible);
    }
    json.writeName("stop");
    text(json, stop().map(step -> Step.text(step.part())).orElse(null));
    writeSteps(json);
    writeChanges(json);
    writeSubscriptions(json);
  }

  private void writeSteps(JsonGenerator json) {
    json.writeName("steps");
    json.writeStartArray();
    for (Step step : steps) {
      json.writeStartObject();
      json.writeStringProperty("step", Step.text(step.part()));
      json.writeStringProperty("outcome", Step.text(step.outcome()));
      json.writeStringProperty("sentence", step.sentence());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeChanges(JsonGenerator json) {
    json.writeName("changes");
    json.writeStartArray();
    for (LoggedChange change : changes) {
      json.writeStartObject();
      json.writeNumberProperty("id", change.id());
      json.writeStringProperty("op", change.op().text());
      json.writeStringProperty("at", UtcTime.text(change.at()));
      json.writeStringProperty("progress", Step.text(change.progress()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("searched");
    json.writeStartObject();
    json.writeNumberProperty("entries", searched);
    json.writeBooleanProperty("all", all);
    json.writeEndObject();
  }

  private void writeSubscriptions(JsonGenerator json) {
    json.writeName("subscriptions");
    json.writeStartArray();
    for (Subscribed each : subscriptions) {
      json.writeStartObject();
      json.writeStringProperty("view", each.view());
      json.writeName("role");
      text(json, each.role().isEmpty() ? null : each.role());
      json.writeNumberProperty("count", each.count());
      json.writeStringProperty("place", Step.text(each.place()));
      json.writeName("op");
      text(json, each.op() == null ? null : each.op().text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void text(JsonGenerator json, @Nullable String text) {
    if (text == null) {
      json.writeNull();
    } else {
      json.writeString(text);
    }
  }
}

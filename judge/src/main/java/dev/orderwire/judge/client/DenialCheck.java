package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Column;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks every message of a view when it arrives: the client must see nothing that its policy
 * denies, whatever else is wrong. For one thread at a time.
 */
final class DenialCheck {
  private static final String DENIED = "rows and cells received that a policy denies";

  private final BiConsumer<Findings.Kind, String> findings;
  private final Tally tally;

  DenialCheck(BiConsumer<Findings.Kind, String> findings, Tally tally) {
    this.findings = findings;
    this.tally = tally;
  }

  /** The summary shows it also where nothing was denied. */
  void begin(Sight sight) {
    if (!sight.isEverything()) {
      tally.count(Tally.Group.POLICIES, DENIED, 0);
    }
  }

  /** Checks the columns and the key of a {@code subscribed} or {@code reset} message. */
  void schema(Sight sight, ViewSchema schema, JsonNode message) {
    String name = sight.deniedName(schema.columns().stream().map(Column::name).toList());
    if (name == null) {
      name = sight.deniedName(schema.key());
    }
    if (name != null) {
      denied(sight, "the name of the column " + name, message);
    }
  }

  /** Checks a row of a snapshot. */
  void row(Sight sight, JsonNode row) {
    row(sight, row, row);
  }

  void change(Sight sight, JsonNode change) {
    if (sight.isEverything()) {
      return;
    }
    JsonNode row = change.path("row");
    JsonNode old = change.path("old");
    cells(sight, change.path("key"), change);
    row(sight, row, change);
    // An update has old values only of what it changed; the other columns are as in the new row.
    row(sight, row instanceof ObjectNode after ? with(after, old) : old, change);
    if (change.has("actor")) {
      denied(sight, "the actor", change);
    }
  }

  private static JsonNode with(ObjectNode row, JsonNode old) {
    return old instanceof ObjectNode changed ? row.deepCopy().setAll(changed) : old;
  }

  private void row(Sight sight, JsonNode row, JsonNode message) {
    if (sight.isEverything() || !row.isObject()) {
      return;
    }
    cells(sight, row, message);
    if (sight.decides(row)) {
      tally.count(Tally.Group.POLICIES, "rows tested as received");
      if (!sight.allows(row)) {
        denied(sight, "a row", message);
      }
    }
  }

  private void cells(Sight sight, JsonNode cells, JsonNode message) {
    String what = sight.denied(cells);
    if (what != null) {
      denied(sight, what, message);
    }
  }

  private void denied(Sight sight, String what, JsonNode message) {
    tally.count(Tally.Group.POLICIES, DENIED);
    findings.accept(
        Findings.Kind.DENIED, "%s saw %s in %s".formatted(sight.rights(), what, message));
  }
}

package dev.orderwire.judge;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.client.Client;
import dev.orderwire.judge.client.ClientView;
import dev.orderwire.judge.client.Misfit;
import dev.orderwire.judge.client.ReceivedPosition;
import dev.orderwire.judge.client.Sightings.Sighting;
import dev.orderwire.judge.client.ViewSchema;
import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.ViewSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares one view of one client with what it should have received. */
final class ViewCheck {
  /** One defect can show in every change, so only the first findings of a view are reported. */
  private static final int MOST_FINDINGS = 3;

  private record Finding(Findings.Kind kind, String what) {}

  private final Client client;
  private final ClientView view;

  /** The columns of the table's key, in its order. */
  private final List<String> key;

  /** Received changes that no change of the log explains yet. */
  private final Set<Long> unexplained = new HashSet<>();

  private final List<Finding> findings = new ArrayList<>();
  private long deliveries;
  private long moved;

  /**
   * @param key the columns of the table's key, in its order
   */
  ViewCheck(Client client, ClientView view, List<String> key) {
    this.client = client;
    this.view = view;
    this.key = key;
    if (!view.hasMoved()) {
      view.deliveries().ids().forEach(unexplained::add);
    }
    Misfit misfit = view.misfit();
    if (misfit != null) {
      add(misfit.kind(), misfit.what());
    }
  }

  ClientView view() {
    return view;
  }

  Client client() {
    return client;
  }

  /** How many deliveries were checked. */
  long deliveries() {
    return deliveries;
  }

  /** How many changes moved a row into the client's sight, or out of it. */
  long moved() {
    return moved;
  }

  void report() {
    findings.forEach(
        finding -> client.addFinding(finding.kind(), finding.what() + "; view " + view.spec()));
  }

  private void add(Findings.Kind kind, String what) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(new Finding(kind, what));
    }
  }

  /** Checks the delivery of the next change of the log. */
  void change(
      long id, Instant at, JsonNode key, @Nullable JsonNode before, @Nullable JsonNode after) {
    ReceivedPosition base = view.deliveries().base();
    if (base == null || base.covers(id) || view.hasMoved()) {
      return;
    }
    String expected = expected(key, before, after);
    if (expected == null) {
      return;
    }
    unexplained.remove(id);
    if (view.deliveries().mayBeInSnapshot(at)) {
      return;
    }
    if (!view.deliveries().has(id)) {
      add(
          Findings.Kind.LOST,
          "change %d is missing: %s; deliveries start after %s".formatted(id, expected, base));
    } else if (!view.deliveries().hasWithContent(id, expected)) {
      add(Findings.Kind.WRONG, "change %d differs from: %s".formatted(id, expected));
    }
    deliveries++;
  }

  /** What the view must receive for a change; null for nothing. */
  private @Nullable String expected(
      JsonNode rowKey, @Nullable JsonNode before, @Nullable JsonNode after) {
    Sight sight = view.sight();
    boolean allowedBefore = before != null && sight.allows(before);
    boolean allowedAfter = after != null && sight.allows(after);
    if (before != null && after != null && allowedBefore != allowedAfter) {
      moved++;
    }
    JsonNode was = before != null && allowedBefore && view.spec().matches(before) ? before : null;
    JsonNode is = after != null && allowedAfter && view.spec().matches(after) ? after : null;
    JsonNode whole = after == null ? before : after;
    if (whole == null || (was == null && is == null)) {
      return null;
    }
    ViewSchema schema = view.schema();
    String shownKey = schema.key(sight.covers(key) ? sight.shownKey(whole, key) : rowKey);
    JsonNode old = was == null ? null : sight.shown(was, key);
    if (is == null) {
      // Of a row that the client may no longer see, it gets the key alone.
      boolean hidden = after != null && !allowedAfter;
      return ViewSchema.change(
          "delete", shownKey, null, hidden || old == null ? null : schema.row(old));
    }
    JsonNode row = sight.shown(is, key);
    if (old == null) {
      return ViewSchema.change("insert", shownKey, schema.row(row), null);
    }
    String changed = schema.changed(old, row);
    return changed.isEmpty()
        ? null
        : ViewSchema.change("update", shownKey, schema.row(row), changed);
  }

  /** Checks that the rows of a lookup's view were in the lookup when they arrived. */
  void sightings(Memberships memberships) {
    ReceivedPosition base = view.deliveries().base();
    if (base == null) {
      return;
    }
    for (Sighting sighting : view.sightings().all()) {
      if (sighting.to().isAbridged() || !sighting.to().epoch().equals(base.epoch())) {
        continue;
      }
      Set<String> denied = memberships.denied(sighting);
      if (!denied.isEmpty()) {
        add(
            Findings.Kind.DENIED,
            "team %s saw the groups %s at %s, after %s"
                .formatted(sighting.team(), denied, sighting.to(), sighting.from()));
      }
    }
  }

  /**
   * Ends the check of changes.
   *
   * @param after the highest id of the previous round; its changes may be repeated, where a
   *     position allows that
   */
  void endOfChanges(long after) {
    unexplained.stream()
        .filter(id -> id > after)
        .forEach(id ->
            add(Findings.Kind.WRONG, "received change %d, which the view excludes".formatted(id)));
  }

  /**
   * Adds what the client must show of a row.
   *
   * @param cells all columns of the row, in the table's order, as {@link Column} formats them
   * @param expected the rows so far, by key
   */
  void expect(Map<String, String> cells, Map<String, String> expected) {
    Sight sight = view.sight();
    ViewSpec spec = view.spec();
    Map<String, String> shown = new LinkedHashMap<>();
    if (sight.covers(key)) {
      List<String> ofKey = new ArrayList<>();
      key.forEach(name -> ofKey.addAll(List.of(name, cells.getOrDefault(name, "null"))));
      shown.put(Sight.COVERED_KEY, '"' + sight.coveredKey(ofKey) + '"');
    }
    cells.forEach((name, value) -> {
      if (sight.sees(name)) {
        shown.put(name, sight.shown(name, value));
      }
    });
    if (spec.columns() != null) {
      shown.keySet().retainAll(spec.columns());
    }
    expected.put(joined(shown, view.schema().key()::contains), joined(shown, _ -> true));
  }

  private static String joined(Map<String, String> cells, Predicate<String> chosen) {
    return cells.entrySet().stream()
        .filter(cell -> chosen.test(cell.getKey()))
        .map(cell -> cell.getKey() + "=" + cell.getValue())
        .collect(joining("|"));
  }

  /** Compares the rows with those of a query, by key. */
  void rows(Map<String, String> expected) {
    expected.forEach((key, row) -> {
      String shown = view.rows().text(key);
      if (!row.equals(shown)) {
        add(Findings.Kind.WRONG, "row %s is %s, expected %s".formatted(key, shown, row));
      }
    });
    for (String key : view.rows().keys()) {
      if (!expected.containsKey(key)) {
        add(
            Findings.Kind.WRONG,
            "row %s is %s, expected none".formatted(key, view.rows().text(key)));
      }
    }
  }
}

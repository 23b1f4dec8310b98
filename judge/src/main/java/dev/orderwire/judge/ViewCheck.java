package dev.orderwire.judge;

import dev.orderwire.judge.client.Client;
import dev.orderwire.judge.client.ClientView;
import dev.orderwire.judge.client.ReceivedPosition;
import dev.orderwire.judge.client.ViewSchema;
import dev.orderwire.judge.run.Findings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares one view of one client with what it should have received. */
final class ViewCheck {
  /** One defect can show in every change, so only the first findings of a view are reported. */
  private static final int MOST_FINDINGS = 3;

  private record Finding(Findings.Kind kind, String what) {}

  private final Client client;
  private final ClientView view;

  /** Received changes that no change of the log explains yet. */
  private final Set<Long> unexplained = new HashSet<>();

  private final List<Finding> findings = new ArrayList<>();
  private long deliveries;

  ViewCheck(Client client, ClientView view) {
    this.client = client;
    this.view = view;
    view.deliveries().ids().forEach(unexplained::add);
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
    if (base == null || base.covers(id)) {
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
      JsonNode key, @Nullable JsonNode before, @Nullable JsonNode after) {
    ViewSchema schema = view.schema();
    JsonNode was = before != null && view.spec().matches(before) ? before : null;
    JsonNode is = after != null && view.spec().matches(after) ? after : null;
    if (was == null) {
      return is == null ? null : ViewSchema.change("insert", schema.key(key), schema.row(is), null);
    }
    if (is == null) {
      return ViewSchema.change("delete", schema.key(key), null, schema.row(was));
    }
    String changed = schema.changed(was, is);
    return changed.isEmpty()
        ? null
        : ViewSchema.change("update", schema.key(key), schema.row(is), changed);
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

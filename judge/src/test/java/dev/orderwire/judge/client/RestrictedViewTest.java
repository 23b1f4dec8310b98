package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.policy.Policies;
import dev.orderwire.judge.policy.Rights;
import dev.orderwire.judge.policy.Seal;
import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.run.Topology;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.ViewSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The view of a client that sees the items of one group, without their notes. */
final class RestrictedViewTest {
  private static final String SCHEMA =
      "\"view\": \"v\", \"key\": [\"id\"], \"columns\": [{\"name\": \"id\", \"type\": \"bigint\"},"
          + " {\"name\": \"grp\", \"type\": \"int\"}, {\"name\": \"note\", \"type\": \"text\"}]";

  private final Policies policies = new Policies(new Seal(new byte[32]));
  private final List<Findings.Kind> found = new ArrayList<>();
  private final ClientView view =
      new ClientView(
          new ViewSpec("item", null, null),
          sight("7"),
          true,
          null,
          (kind, _) -> found.add(kind),
          new Tally(),
          new Plan(
              Duration.ZERO, Duration.ZERO, 1, Topology.DIRECT, 0, 1, 1, 1, 1, Set.of(), true));

  @BeforeEach
  void subscribe() {
    view.subscribing(sight("7"));
    view.subscribed(Json.parse("{" + SCHEMA + ", \"position\": \"e-5\"}"));
    snapshot("{\"id\": 1, \"grp\": 7, \"note\": \"***x\"}", "e-5@old");
    assertThat(found).isEmpty();
  }

  @Test
  void anAllowedChangeIsNoFinding() {
    change("update", "{\"id\": 1, \"grp\": 7, \"note\": \"***y\"}", "{\"note\": \"***x\"}");
    change("delete", "null", "null");
    assertThat(found).isEmpty();
  }

  @Test
  void aRowOfAnotherGroupIsDenied() {
    change("insert", "{\"id\": 1, \"grp\": 8, \"note\": null}", "null");
    assertThat(found).contains(Findings.Kind.DENIED);
  }

  @Test
  void theOldRowOfAnotherGroupIsDenied() {
    change("update", "{\"id\": 1, \"grp\": 7, \"note\": null}", "{\"grp\": 8}");
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  @Test
  void aDeleteWithTheRowOfAnotherGroupIsDenied() {
    change("delete", "null", "{\"id\": 1, \"grp\": 8, \"note\": null}");
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  @Test
  void aPlainValueOfAMaskedColumnIsDenied() {
    change("insert", "{\"id\": 1, \"grp\": 7, \"note\": \"note 1\"}", "null");
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  @Test
  void aResetNeedsOtherRights() {
    reset("policy");
    assertThat(found).containsExactly(Findings.Kind.PROTOCOL);
  }

  @Test
  void afterARenewalRowsComeAndGoWithoutAChange() {
    renew("8");
    changes(
        "e-5@new",
        "{\"id\": null, \"op\": \"delete\", \"key\": {\"id\": 1}, \"row\": null, \"old\": null}",
        "{\"id\": null, \"op\": \"insert\", \"key\": {\"id\": 2},"
            + " \"row\": {\"id\": 2, \"grp\": 8, \"note\": null}, \"old\": null}");
    assertThat(found).isEmpty();
    assertThat(view.rows().keys()).containsExactly("id=2");
  }

  @Test
  void afterARenewalARowOfBeforeIsDenied() {
    renew("8");
    change("insert", "{\"id\": 3, \"grp\": 7, \"note\": null}", "null");
    assertThat(found).contains(Findings.Kind.DENIED);
  }

  @Test
  void aRowThatMovesWithoutAReasonIsAFinding() {
    changes(
        "e-5@old",
        "{\"id\": null, \"op\": \"delete\", \"key\": {\"id\": 1}, \"row\": null, \"old\": null}");
    assertThat(found).containsExactly(Findings.Kind.PROTOCOL);
  }

  @Test
  void aMovedRowThatWasThereAlreadyIsAFindingUnlessAResetFollows() {
    renew("8");
    changes(
        "e-5@new",
        "{\"id\": null, \"op\": \"insert\", \"key\": {\"id\": 1},"
            + " \"row\": {\"id\": 1, \"grp\": 8, \"note\": null}, \"old\": null}");
    assertThat(Objects.requireNonNull(view.misfit()).kind()).isEqualTo(Findings.Kind.TWICE);
    reset("policy");
    assertThat(view.misfit()).isNull();
  }

  @Test
  void aSnapshotAfterARenewalShowsWhatTheNewTokenMaySee() {
    renew("9");
    reset("policy");
    assertThat(found).isEmpty();
    snapshot("{\"id\": 2, \"grp\": 8, \"note\": null}", "e-7@new");
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  private void renew(String group) {
    view.renewing(sight(group));
    view.renewed(sight(group));
  }

  @Test
  void aResumeWithOtherRightsIsResetBeforeAnythingElseArrives() {
    view.disconnected();
    view.subscribing(sight("8"));
    view.subscribed(Json.parse("{" + SCHEMA + ", \"position\": \"e-5\"}"));
    change("insert", "{\"id\": 3, \"grp\": 8, \"note\": null}", "null");
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  @Test
  void theNameOfAHiddenColumnIsDenied() {
    Sight staff = policies.sight("item", new Rights("staff", Map.of()));
    view.disconnected();
    view.subscribing(staff);
    view.subscribed(Json.parse("{" + SCHEMA + ", \"position\": \"e-5\"}"));
    assertThat(found).containsExactly(Findings.Kind.DENIED);
  }

  private Sight sight(String group) {
    return policies.sight("item", new Rights("customer", Map.of("grp", Json.parse(group))));
  }

  private void snapshot(String row, String position) {
    view.snapshot(
        Json.parse(
            "{\"rows\": [%s], \"done\": true, \"position\": \"%s\"}".formatted(row, position)));
  }

  private void reset(String reason) {
    view.reset(Json.parse("{%s, \"reason\": \"%s\"}".formatted(SCHEMA, reason)));
  }

  private void changes(String position, String... changes) {
    view.changes(
        Json.parse(
            "{\"changes\": [%s], \"position\": \"%s\"}"
                .formatted(String.join(", ", changes), position)));
  }

  private long nextId = 6;

  private void change(String op, String row, String old) {
    view.changes(
        Json.parse(
            """
            {"changes": [{"id": %d, "op": "%s", "key": {"id": 1}, "row": %s, "old": %s}],
             "position": "e-%s@old"}
            """
                .formatted(nextId, op, row, old, Long.toString(nextId++, 36))));
  }
}

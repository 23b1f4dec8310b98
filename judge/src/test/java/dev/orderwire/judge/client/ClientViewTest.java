package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientViewTest {
  private final List<Findings.Kind> found = new ArrayList<>();
  private final Tally tally = new Tally();
  private final ClientView view =
      new ClientView(
          new ViewSpec("t", null, null),
          Sight.everything("t"),
          false,
          null,
          (kind, _) -> found.add(kind),
          tally,
          new Plan(
              Duration.ZERO, Duration.ZERO, 1, Topology.DIRECT, 0, 1, 1, 1, 1, Set.of(), false));

  @BeforeEach
  void subscribe() {
    receive("e-5");
  }

  @Test
  void aPositionThatDoesNotCoverItsMessageIsAFinding() {
    change(6, "e-6");
    assertThat(found).isEmpty();
    change(7, "e-6");
    assertThat(found).containsExactly(Findings.Kind.PROTOCOL);
  }

  @Test
  void anAbridgedPositionMayCoverLessThanItsMessage() {
    change(6, "e-5~");
    assertThat(found).isEmpty();
  }

  @Test
  void aRepeatAfterAResumeIsAFindingUnlessThePositionIsAbridged() {
    change(6, "e-5~");
    receive("e-5~");
    change(6, "e-6");
    assertThat(found).isEmpty();
    assertThat(repeats()).isEqualTo(1);
    view.position(ReceivedPosition.of("e-5"));
    receive("e-5");
    change(6, "e-6");
    assertThat(found).containsExactly(Findings.Kind.TWICE);
    assertThat(repeats()).isEqualTo(1);
  }

  @Test
  void theSummaryShowsThatNothingWasRepeated() {
    assertThat(repeats()).isZero();
  }

  private long repeats() {
    return tally.of(Tally.Group.CLIENTS).entrySet().stream()
        .filter(each -> each.getKey().startsWith("changes repeated"))
        .mapToLong(each -> each.getValue().sum())
        .reduce((_, _) -> -1)
        .orElse(-1);
  }

  private void receive(String position) {
    view.disconnected();
    view.subscribed(
        Json.parse(
            """
            {"view": "v", "key": ["id"], "columns": [{"name": "id", "type": "int"}], "position": "%s"}
            """
                .formatted(position)));
  }

  private void change(long id, String position) {
    view.changes(
        Json.parse(
            """
            {"changes": [{"id": %d, "op": "insert", "key": {"id": 1}, "row": {"id": 1}, "old": null}],
             "position": "%s"}
            """
                .formatted(id, position)));
  }
}

package dev.orderwire.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.client.ReceivedPosition;
import dev.orderwire.judge.client.Sightings.Sighting;
import dev.orderwire.judge.table.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Team 1 saw group 7, gets group 8 by change 6, and loses group 7 by change 8. */
final class MembershipsTest {
  private final Memberships memberships = new Memberships();

  @BeforeEach
  void history() {
    memberships.change(6, null, row(1, 8));
    memberships.change(7, null, row(2, 9));
    memberships.change(8, row(1, 7), null);
    memberships.now("1", "8");
    memberships.now("2", "9");
    memberships.goBackToTheStart();
  }

  @Test
  void aGroupIsSeenFromTheChangeThatAddsItOn() {
    assertThat(denied("e-4", "e-5", "8")).containsExactly("8");
    assertThat(denied("e-5", "e-6", "8")).isEmpty();
    assertThat(denied("e-8", "e-9", "8")).isEmpty();
  }

  @Test
  void aGroupMayBeSeenUpToTheMessageWithTheChangeThatRemovesIt() {
    assertThat(denied("e-4", "e-5", "7")).isEmpty();
    assertThat(denied("e-7", "e-8", "7")).isEmpty();
    assertThat(denied("e-8", "e-9", "7")).containsExactly("7");
  }

  @Test
  void aSnapshotShowsWhatItsPositionCovers() {
    assertThat(denied(null, "e-7", "7")).isEmpty();
    assertThat(denied(null, "e-8", "7")).containsExactly("7");
    assertThat(denied(null, "e-5", "8")).containsExactly("8");
  }

  @Test
  void theGroupsOfAnotherTeamAreDenied() {
    assertThat(denied("e-7", "e-9", "9")).containsExactly("9");
  }

  @Test
  void aSetOfNowMayHaveWhatIsStillToCome() {
    assertThat(denied(null, "e-5", true, "8")).isEmpty();
    assertThat(denied(null, "e-5", true, "9")).containsExactly("9");
  }

  @Test
  void aGapInThePositionIsAChangeThatIsStillToCome() {
    assertThat(denied(null, "e-7.dAg", "8")).containsExactly("8");
  }

  private Set<String> denied(@Nullable String from, String to, String group) {
    return denied(from, to, false, group);
  }

  private Set<String> denied(@Nullable String from, String to, boolean isNewer, String group) {
    return memberships.denied(
        new Sighting(
            "1",
            from == null ? null : ReceivedPosition.of(from),
            ReceivedPosition.of(to),
            isNewer,
            Set.of(group)));
  }

  private static JsonNode row(int team, int group) {
    return Json.parse("{\"team\": %d, \"grp\": %d}".formatted(team, group));
  }
}

package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.policy.Policies;
import dev.orderwire.judge.policy.Rights;
import dev.orderwire.judge.policy.Seal;
import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.table.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StandingTest {
  private final Policies policies = new Policies(new Seal(new byte[32]));
  private final Standing standing = new Standing(sight(7));

  @Test
  void aResumeWithOtherRightsNeedsOneReset() {
    standing.subscribing(sight(8), true);
    assertThat(standing.isResetDue()).isTrue();
    assertThat(standing.explainsPolicyReset()).isTrue();
    standing.reset();
    assertThat(standing.isResetDue()).isFalse();
    assertThat(standing.explainsPolicyReset()).isFalse();
  }

  @Test
  void aLookupExplainsResetsEvenIfNoRowMatchesTheClaim() {
    Rights agent = new Rights("agent", Map.of("team", Json.parse("\"no such value\"")));
    standing.subscribing(policies.sight("item", agent), false);
    assertThat(standing.explainsPolicyReset()).isTrue();
    assertThat(standing.explainsPolicyReset()).isTrue();
  }

  @Test
  void aNewSubscriptionNeedsNoReset() {
    standing.subscribing(sight(8), false);
    assertThat(standing.isResetDue()).isFalse();
    assertThat(standing.explainsPolicyReset()).isFalse();
  }

  @Test
  void aRenewalWithTheSameRightsExplainsNoReset() {
    standing.renewing(sight(7));
    standing.renewed(sight(7), true, null);
    assertThat(standing.isResetDue()).isFalse();
    assertThat(standing.explainsPolicyReset()).isFalse();
  }

  @Test
  void aRenewalWithOtherRightsMayResetAtOnceAndMustDoSoOnceItIsAnswered() {
    standing.renewing(sight(8));
    assertThat(standing.isResetDue()).isFalse();
    standing.renewed(sight(8), true, null);
    assertThat(standing.isResetDue()).isTrue();
    assertThat(standing.explainsPolicyReset()).isTrue();
  }

  @Test
  void aRenewalWithOtherRightsMovesTheRowsOnceThePositionsHaveAnotherMark() {
    standing.renewing(sight(8));
    standing.renewed(sight(8), true, ReceivedPosition.of("e-5@old"));
    assertThat(standing.isResetDue()).isFalse();
    assertThat(standing.hasMoved()).isTrue();
    assertThat(standing.isMoveDue(ReceivedPosition.of("e-6@old"))).isTrue();
    assertThat(standing.isMoveDue(ReceivedPosition.of("e-5@new"))).isFalse();
  }

  @Test
  void rowsOfTheRightsBeforeAreNotThoseOfNow() {
    standing.renewing(sight(8));
    standing.renewed(sight(8), true, null);
    standing.subscribing(sight(8), true);
    assertThat(standing.isResetDue()).isTrue();
    standing.reset();
    standing.received(ReceivedPosition.of("e-6@new"));
    standing.subscribing(sight(8), true);
    assertThat(standing.isResetDue()).isFalse();
  }

  @Test
  void anotherClaimOfALookupMayHaveTheSameSet() {
    Standing agent = new Standing(agent(1));
    agent.subscribing(agent(2), true);
    assertThat(agent.isResetDue()).isFalse();
    assertThat(agent.explainsPolicyReset()).isTrue();
    agent.renewed(agent(3), true, ReceivedPosition.of("e-5@old"));
    assertThat(agent.isMoveDue(ReceivedPosition.of("e-5@new"))).isTrue();
    agent.heartbeat();
    assertThat(agent.isMoveDue(ReceivedPosition.of("e-5@old"))).isFalse();
  }

  @Test
  void rowsMoveAlsoWhenTheNewTokenHasNoClaimForTheLookup() {
    Standing agent = new Standing(agent(1));
    agent.renewed(
        policies.sight("item", new Rights("agent", Map.of())),
        true,
        ReceivedPosition.of("e-5@old"));
    assertThat(agent.hasMoved()).isTrue();
  }

  private Sight agent(int team) {
    return policies.sight(
        "item", new Rights("agent", Map.of("team", Json.parse(String.valueOf(team)))));
  }

  private Sight sight(int group) {
    return policies.sight(
        "item", new Rights("customer", Map.of("grp", Json.parse(String.valueOf(group)))));
  }
}

package dev.orderwire.gateway.catchup;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.UnavailableStore;
import dev.orderwire.gateway.catchup.Resumption.Outcome;
import dev.orderwire.gateway.protocol.ResetReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResumptionTest {
  private static final Outcome OTHER_LOG = new Outcome.Outdated(ResetReason.EPOCH);
  private static final Outcome OTHER_TABLE = new Outcome.Outdated(ResetReason.SCHEMA);

  private final WatchedTables tables =
      new WatchedTables(List.of(new TableVersion(FeedGateway.ORDERS, 0)));

  /** Holds the changes 101 and 102, then 103 without the end of its moment. */
  private final Feed feed = new Feed(at(100), tables, 3, 1L << 20);

  private final UnavailableStore store = new UnavailableStore();
  private final Resumption resumption =
      new Resumption(
          new Source(tables, feed, store, store, store, _ -> CaptureCheck.State.UNKNOWN));

  ResumptionTest() {
    append(101, true);
    append(102, true);
    append(103, false);
  }

  private static Position at(long head) {
    return new Position("epoch1", head, Ids.NONE);
  }

  private void append(long id, boolean complete) {
    feed.onMoment(
        List.of(insert(id, order(id, "Ann", "pending"))),
        List.of(),
        at(id),
        complete,
        Instant.EPOCH);
  }

  private Outcome atOnce(Position seen) {
    return resumption.atOnce(FeedGateway.ORDERS, seen, feed.end());
  }

  private Outcome askingTheLog(Position seen, long newestId) {
    return resumption.of(FeedGateway.ORDERS, seen, feed.end(), () -> newestId);
  }

  private Outcome inFeed(long cursor, long head, boolean whole) {
    return new Outcome.InFeed(new Feed.Place(cursor, at(head)), whole);
  }

  @Test
  void theFeedServesWhatItReachesBackTo() {
    assertThat(atOnce(at(100))).isEqualTo(inFeed(0, 100, true));
    assertThat(atOnce(at(102))).isEqualTo(inFeed(2, 102, true));
  }

  @Test
  void aPositionWithinAMomentIsNotWhole() {
    assertThat(atOnce(at(103))).isEqualTo(inFeed(3, 103, false));
  }

  /** As after a replay that broke off: 101 is missing, 102 is there. */
  @Test
  void aPositionThatTheFeedNeverHadIsNotWhole() {
    Position seen = new Position("epoch1", 102, Ids.of(101));

    assertThat(atOnce(seen)).isEqualTo(inFeed(0, 100, false));
  }

  @Test
  void theLogServesWhatTheFeedNoLongerHas() {
    assertThat(atOnce(at(99))).isEqualTo(new Outcome.InLog());
    assertThat(askingTheLog(at(99), 103)).isEqualTo(new Outcome.InLog());
  }

  @Test
  void aPositionOfAnotherLogIsOutdated() {
    Position other = new Position("another", 102, Ids.NONE);

    assertThat(atOnce(other)).isEqualTo(OTHER_LOG);
    assertThat(askingTheLog(other, 103)).isEqualTo(OTHER_LOG);
    assertThat(resumption.ofThisLog(FeedGateway.ORDERS, other, feed.end())).isEqualTo(OTHER_LOG);
    assertThat(resumption.isSameLog(other)).isFalse();
  }

  @Test
  void onlyTheLogKnowsWhetherAPositionAheadOfTheFeedIsValid() {
    assertThat(atOnce(at(105))).isEqualTo(new Outcome.AheadOfFeed());
    assertThat(askingTheLog(at(105), 104)).isEqualTo(OTHER_LOG);
    assertThat(askingTheLog(at(105), 105)).isEqualTo(inFeed(3, 103, false));
  }

  @Test
  void theLogIsNotAskedAboutWhatTheFeedHasShown() {
    assertThat(resumption.of(FeedGateway.ORDERS, at(102), feed.end(), store::newestId))
        .isEqualTo(inFeed(2, 102, true));
  }

  @Test
  void aResetMakesEarlierPositionsOutdated() {
    feed.onMoment(
        List.of(),
        List.of(new TableVersion(FeedGateway.ORDERS, 104)),
        at(104),
        true,
        Instant.EPOCH);

    assertThat(atOnce(at(103))).isEqualTo(OTHER_TABLE);
    assertThat(askingTheLog(at(103), 104)).isEqualTo(OTHER_TABLE);
    assertThat(resumption.ofThisLog(FeedGateway.ORDERS, at(103), feed.end()))
        .isEqualTo(OTHER_TABLE);
    assertThat(atOnce(at(104))).isEqualTo(inFeed(4, 104, true));
  }
}

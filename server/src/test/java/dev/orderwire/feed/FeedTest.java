package dev.orderwire.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Feed.Place;
import dev.orderwire.feed.Feed.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FeedTest {
  private static WatchedTables tables() {
    Table orders = new Table("orders", List.of(new Column("id", "int", "int")), List.of("id"));
    return new WatchedTables(List.of(new TableVersion(orders, 0)));
  }

  private static final Position START = new Position("epoch1", 100, Ids.NONE);

  private Position position = START;

  private Feed feed(int mostChanges) {
    return new Feed(START, tables(), mostChanges, 1 << 30);
  }

  private static Change change(long id, String text) {
    Row row = Row.of(Map.of("id", String.valueOf(id), "text", '"' + text + '"'));
    return new Change(id, "t", Op.INSERT, new Key(row), null, row, Instant.EPOCH, "me");
  }

  private Place append(Feed feed, long... ids) {
    List<Change> changes = new ArrayList<>();
    for (long id : ids) {
      changes.add(change(id, "text"));
    }
    position = position.with(Ids.of(ids));
    feed.onMoment(changes, List.of(), position, true, Instant.EPOCH);
    return feed.end();
  }

  private static List<Long> read(Feed feed, long cursor, int mostChanges) {
    return read(feed, cursor, Long.MAX_VALUE, mostChanges);
  }

  private static List<Long> read(Feed feed, long cursor, long before, int mostChanges) {
    return switch (feed.read(cursor, before, mostChanges)) {
      case Reading.Moments(var moments) ->
          moments.stream().flatMap(moment -> moment.changes().stream().map(Change::id)).toList();
      case Reading.Trimmed() -> List.of(-1L);
    };
  }

  /** The lowest cursor that the feed reaches back to. */
  private static long oldest(Feed feed) {
    long cursor = 0;
    while (feed.read(cursor, 1) instanceof Reading.Trimmed) {
      cursor++;
    }
    return cursor;
  }

  @Test
  void everyReaderContinuesAtItsCursor() {
    Feed feed = feed(1_000);
    assertThat(feed.end()).isEqualTo(new Place(0, START));
    List<Place> places = new ArrayList<>(List.of(feed.end()));
    // More than the first size of the ring.
    for (long id = 101; id <= 300; id++) {
      places.add(append(feed, id));
    }
    for (int i = 0; i < places.size(); i++) {
      List<Long> expected = LongStream.rangeClosed(101 + i, 300).boxed().toList();
      assertThat(read(feed, places.get(i).cursor(), Integer.MAX_VALUE)).isEqualTo(expected);
    }
    assertThat(read(feed, 0, 3)).containsExactly(101L, 102L, 103L);
    assertThat(read(feed, 1, 3, 1_000)).containsExactly(102L, 103L);
    assertThat(read(feed, 1, 3, 1)).containsExactly(102L);
    assertThat(read(feed, 3, 3, 1_000)).isEmpty();
    assertThat(feed.placeOf(START)).contains(new Place(0, START));
  }

  @Test
  void theOldestMomentsAreDroppedAndTheirReadersAreTold() {
    Feed feed = feed(5);
    Place beginning = feed.end();
    List<Place> places = new ArrayList<>();
    for (long id = 101; id <= 200; id += 2) {
      places.add(append(feed, id, id + 1));
    }
    assertThat(read(feed, beginning.cursor(), 1)).containsExactly(-1L);
    Place oldest = places.get(47);
    assertThat(feed.placeOf(oldest.position())).contains(oldest);
    assertThat(feed.placeOf(places.get(46).position())).isEmpty();
    assertThat(read(feed, oldest.cursor(), 100)).containsExactly(197L, 198L, 199L, 200L);
    assertThat(read(feed, oldest.cursor() - 1, 100)).containsExactly(-1L);
  }

  @Test
  void theBytesAreBoundedButTheNewestMomentStays() {
    Feed feed = new Feed(START, tables(), 1_000, 10_000);
    for (long id = 101; id <= 140; id++) {
      position = position.with(Ids.of(id));
      feed.onMoment(
          List.of(change(id, "x".repeat(1_000))), List.of(), position, true, Instant.EPOCH);
    }
    assertThat(read(feed, oldest(feed), 1_000)).hasSizeBetween(2, 9).endsWith(140L);
    position = position.with(Ids.of(141));
    feed.onMoment(
        List.of(change(141, "x".repeat(20_000))), List.of(), position, true, Instant.EPOCH);
    assertThat(read(feed, oldest(feed), 1_000)).containsExactly(141L);
  }

  @Test
  void thePlaceOfAPositionIsTheNewestThatItCovers() {
    Feed feed = feed(6);
    append(feed, 99_000);
    List<Place> places = new ArrayList<>(List.of(feed.end()));
    for (long id : new long[] {103, 101, 106, 102, 105}) {
      places.add(append(feed, id));
    }
    append(feed, 104);
    for (Place place : places) {
      assertThat(feed.placeOf(place.position())).contains(place);
    }
    assertThat(feed.placeOf(feed.end().position())).contains(feed.end());
    // All but 101: its moment must be read again, whatever came later.
    Position without101 =
        new Position("epoch1", 99_000, feed.end().position().gaps().and(Ids.of(101)));
    assertThat(feed.placeOf(without101)).contains(places.get(1));
    assertThat(feed.placeOf(START)).isEmpty();
    assertThat(feed.placeOf(new Position("epoch2", 200_000, Ids.NONE))).isEmpty();
  }

  @Test
  void onlyARestartInvalidatesCursorsAndOnlyOlderOnes() {
    Feed feed = feed(2);
    Place first = feed.end();
    append(feed, 101);
    append(feed, 102);
    append(feed, 103);
    assertThat(feed.hasRestartedSince(first.cursor())).isFalse();
    Place last = feed.end();
    feed.onRestart(position, List.of());
    assertThat(feed.hasRestartedSince(last.cursor())).isTrue();
    Place anew = feed.end();
    append(feed, 104);
    append(feed, 105);
    append(feed, 106);
    assertThat(read(feed, anew.cursor(), 100)).containsExactly(-1L);
    assertThat(feed.hasRestartedSince(anew.cursor())).isFalse();
  }

  @Test
  void allListenersAreCalledAfterEachMoment() {
    Feed feed = feed(10);
    List<Long> ends = new ArrayList<>();
    feed.onAppend(() -> ends.add(feed.end().cursor()));
    feed.onAppend(() -> ends.add(-feed.end().cursor()));
    append(feed, 101);
    append(feed, 102);
    assertThat(ends).containsExactly(1L, -1L, 2L, -2L);
  }
}

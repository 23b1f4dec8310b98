package dev.orderwire.gateway.match;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.FailOnLeak;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.protocol.Draft;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.view.View;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FailOnLeak.class)
class FrameCacheTest {
  private static final String HERE = "this loop";

  private final Position start = new Position("epoch1", 0, Ids.NONE);
  private final WatchedTables catalog =
      new WatchedTables(List.of(new TableVersion(FeedGateway.ORDERS, 0)));
  private final Feed feed = new Feed(start, catalog, 1_000, 1 << 20);
  private Position position = start;

  private final Matcher<String> matcher = new Matcher<>(feed, _ -> false);

  private FrameCache<String> frames(Map<Limit, Long> limits) {
    GatewayOptions options = FeedGateway.options(Duration.ofHours(1), Set.of(), limits);
    return new FrameCache<>(feed, catalog, matcher, options);
  }

  /** Begins to watch the view of all orders, for an event loop. */
  private static ViewFrames<String> watch(FrameCache<String> frames, String loop) {
    View view = View.of(FeedGateway.ORDERS, null, null);
    return frames.join(new PacedView(view, Pace.AT_ONCE), loop);
  }

  private void append(long id) {
    position = position.with(Ids.of(id));
    feed.onMoment(
        List.of(insert(id, order(id, "Ann", "pending"))), List.of(), position, true, Instant.EPOCH);
  }

  private static Batch from(ViewFrames<String> view, long from, long end) {
    return Objects.requireNonNull(view.from(from, end));
  }

  private static Frame frame(Batch batch) {
    return Objects.requireNonNull(batch.frame());
  }

  @Test
  void aMessageIsEncodedOnceForAllWatchers() {
    FrameCache<String> frames = frames(Map.of());
    ViewFrames<String> one = watch(frames, HERE);
    ViewFrames<String> equal = watch(frames, "another loop");
    assertThat(equal).isSameAs(one);
    append(1);
    Batch first = from(one, 0, 1);
    Batch second = from(equal, 0, 1);
    assertThat(second.frame()).isSameAs(first.frame());
    ByteBuf bytes = frame(first).bytesFor(Form.PLAIN);
    ByteBuf sameBytes = frame(second).bytesFor(Form.PLAIN);
    assertThat(sameBytes.memoryAddress()).isEqualTo(bytes.memoryAddress());
    ByteBuf event = frame(first).bytesFor(Form.EVENT);
    ByteBuf sameEvent = frame(second).bytesFor(Form.EVENT);
    assertThat(sameEvent.memoryAddress()).isEqualTo(event.memoryAddress());
    List.of(bytes, sameBytes, event, sameEvent).forEach(ByteBuf::release);
    first.release();
    second.release();
    frames.leave(one, HERE);
    assertThat(frame(first).refCnt()).isEqualTo(1);
    frames.leave(equal, "another loop");
    assertThat(frame(first).refCnt()).isZero();
  }

  /** New moments are matched; earlier ones are read from the feed. */
  @Test
  void matchedChangesEqualTheChangesReadFromTheFeed() {
    FrameCache<String> frames = frames(Map.of());
    append(1);
    assertThat(matcher.matchNew()).isEmpty();
    ViewFrames<String> view = watch(frames, HERE);
    append(2);
    append(3);
    assertThat(matcher.matchNew()).containsExactly(view);
    assertThat(matcher.matchedUpTo().cursor()).isEqualTo(3);
    Batch found = from(view, 1, 3);
    frames.passed(3);
    Batch read = from(view, 1, 3);
    Batch all = from(view, 0, 3);
    assertThat(read.frame()).isNotSameAs(found.frame());
    assertThat(frame(read).json()).isEqualTo(frame(found).json());
    assertThat(read.times()).hasSize(2);
    assertThat(all.times()).hasSize(3);
    List.of(found, read, all).forEach(Batch::release);
    frames.leave(view, HERE);
    append(4);
    assertThat(matcher.matchNew()).isEmpty();
  }

  @Test
  void aMessageIsFreedOnceEveryEventLoopHasPassedIt() {
    FrameCache<String> frames = frames(Map.of());
    ViewFrames<String> view = watch(frames, HERE);
    append(1);
    append(2);
    Batch both = from(view, 0, 2);
    Batch second = from(view, 1, 2);
    both.release();
    frames.passed(1);
    assertThat(frame(both).refCnt()).isEqualTo(1);
    frames.passed(2);
    assertThat(frame(both).refCnt()).isZero();
    // A holder keeps it.
    assertThat(frame(second).refCnt()).isEqualTo(1);
    second.release();
    assertThat(frame(second).refCnt()).isZero();
    frames.leave(view, HERE);
  }

  /** One event loop is later than another, and knows more of the feed. */
  @Test
  void aLaterEndYieldsALargerBatch() {
    FrameCache<String> frames = frames(Map.of());
    ViewFrames<String> view = watch(frames, HERE);
    append(1);
    Batch early = from(view, 0, 1);
    append(2);
    Batch late = from(view, 0, 2);
    assertThat(early.to()).isEqualTo(1);
    assertThat(late.to()).isEqualTo(2);
    Batch again = from(view, 0, 1);
    assertThat(again.frame()).isSameAs(late.frame());
    List.of(early, late, again).forEach(Batch::release);
    frames.leave(view, HERE);
    assertThat(frame(early).refCnt()).isZero();
    assertThat(frame(late).refCnt()).isZero();
  }

  /** Clients lag from different places on, and must not need batches of their own from there. */
  @Test
  void laggingClientsSoonShareTheSameBatches() {
    long block = ViewFrames.MOMENTS_BETWEEN_ENDS;
    long moments = 2 * block + 10;
    FrameCache<String> frames = frames(Map.of());
    for (long id = 1; id <= moments; id++) {
      append(id);
    }
    ViewFrames<String> view = watch(frames, HERE);
    Batch ofOne = from(view, 3, moments);
    Batch ofAnother = from(view, block - 1, moments);
    assertThat(List.of(ofOne.to(), ofAnother.to())).containsOnly(block);
    Batch second = from(view, block, moments);
    Batch third = from(view, 2 * block, moments);
    assertThat(second.to()).isEqualTo(2 * block);
    assertThat(third.to()).isEqualTo(moments);
    // The batch ends at a multiple, so it does not grow.
    append(moments + 1);
    Batch again = from(view, block, moments + 1);
    assertThat(again.frame()).isSameAs(second.frame());
    List.of(ofOne, ofAnother, second, third, again).forEach(Batch::release);
    frames.leave(view, HERE);
  }

  @Test
  void messagesOverTheLimitAreEncodedAndNotKept() {
    FrameCache<String> frames = frames(Map.of(Limit.SHARED_BYTES, 300L));
    ViewFrames<String> view = watch(frames, HERE);
    append(1);
    append(2);
    Batch kept = from(view, 1, 2);
    Batch notKept = from(view, 0, 2);
    assertThat(frame(kept).refCnt()).isEqualTo(2);
    assertThat(frame(notKept).refCnt()).isEqualTo(1);
    kept.release();
    notKept.release();
    frames.passed(2);
    Batch afterwards = from(view, 1, 2);
    assertThat(frame(afterwards).refCnt()).isEqualTo(2);
    afterwards.release();
    frames.leave(view, HERE);
  }

  /** RFC 6455, section 5.2: the length takes 7 bits, 16 or 64. */
  @ParameterizedTest
  @ValueSource(ints = {60, 125, 126, 127, 65_535, 65_536, 200_000})
  void theHeaderHasTheLengthOfTheMessage(int length) {
    String filler = "x".repeat(length - "{\"type\":\"t\",\"f\":\"\"}".length());
    Frame frame = Draft.frame("t", null, json -> json.writeStringProperty("f", filler));
    ByteBuf bytes = frame.bytesFor(Form.PLAIN);
    assertThat(bytes.readUnsignedByte()).isEqualTo((short) 0x81);
    long said = bytes.readUnsignedByte();
    if (said == 126) {
      said = bytes.readUnsignedShort();
      assertThat(length).isGreaterThan(125);
    } else if (said == 127) {
      said = bytes.readLong();
      assertThat(length).isGreaterThan(65_535);
    }
    assertThat(said).isEqualTo(length);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"type\":\"t\",\"f\":\"" + filler + "\"}");
    bytes.release();
    frame.release();
  }
}

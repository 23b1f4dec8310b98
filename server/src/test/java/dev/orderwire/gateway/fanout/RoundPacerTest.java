package dev.orderwire.gateway.fanout;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.gateway.CountingTraffic;
import dev.orderwire.gateway.FailOnLeak;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.Matcher;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.presence.Presence;
import dev.orderwire.view.View;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** On an event loop whose clock only the test, or a round, advances. */
@ExtendWith(FailOnLeak.class)
class RoundPacerTest {
  private static final Pattern ORDER =
      Pattern.compile("\"op\":\"insert\",\"key\":\\{\"id\":(\\d+)");

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
  private final Position start = new Position("epoch1", 0, Ids.NONE);
  private final WatchedTables catalog =
      new WatchedTables(List.of(new TableVersion(FeedGateway.ORDERS, 0)));
  private final Feed feed = new Feed(start, catalog, 1_000, 1 << 20);
  private final Matcher<ViewSubscriptions> matcher = new Matcher<>(feed, _ -> false);

  /** Advances the clock when a round reports its numbers, at its end. */
  private final Traffic traffic =
      new CountingTraffic() {
        @Override
        public void sent(long sent) {
          ticker.advance(roundMillis, TimeUnit.MILLISECONDS);
          super.sent(sent);
        }
      };

  private final GatewayOptions options =
      FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of());
  private final FrameCache<ViewSubscriptions> frames =
      new FrameCache<>(feed, catalog, matcher, options);
  private final EventLoop loop = channel.eventLoop();
  private Position position = start;
  private Subscription subscription;
  private Pump pump;

  /** How long each round takes from now on, in milliseconds. */
  private long roundMillis;

  @BeforeEach
  void subscribe() {
    pump = new Pump(loop, feed, matcher, frames, traffic, new NoFallback(), new Rounds(), () -> {});
    LoopContext context =
        new LoopContext(
            pump,
            new Heartbeats(loop, options.heartbeat()),
            new Census(Presence.alone("test"), feed),
            new AtomicBoolean());
    Connection connection =
        new Connection(
            channel, Form.PLAIN, false, Visitor.ANYBODY, null, context, options, traffic);
    View view = View.of(FeedGateway.ORDERS, null, null);
    subscription = new Subscription(connection, view, Pace.AT_ONCE, null, start);
    connection.add(subscription);
    subscription.follow(feed.end(), start, false);
    pump.join(subscription);
    channel.runPendingTasks();
  }

  @AfterEach
  void leave() {
    pump.leave(subscription);
    channel.finishAndReleaseAll();
  }

  /** An order of that number, a moment of its own. */
  private void append(long... ids) {
    for (long id : ids) {
      position = position.with(Ids.of(id));
      feed.onMoment(
          List.of(insert(id, order(id, "Ann", "pending"))),
          List.of(),
          position,
          true,
          Instant.EPOCH);
      matcher.matchNew();
      pump.matched(matcher.matchedUpTo(), List.of(Objects.requireNonNull(subscription.group())));
    }
  }

  /** The orders of each message that the client has been sent since the last time. */
  private List<List<Long>> messages() {
    channel.runPendingTasks();
    List<List<Long>> messages = new ArrayList<>();
    for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
      messages.add(
          ORDER
              .matcher(bytes.toString(StandardCharsets.UTF_8))
              .results()
              .map(found -> Long.valueOf(found.group(1)))
              .toList());
      bytes.release();
    }
    return messages;
  }

  private void advance(long millis) {
    ticker.advance(millis, TimeUnit.MILLISECONDS);
  }

  @Test
  void singleMomentsAreSentAtOnce() {
    roundMillis = 50;
    append(1);
    assertThat(messages()).containsExactly(List.of(1L));
    append(2);
    assertThat(messages()).containsExactly(List.of(2L));
  }

  @Test
  void aFullRoundIsFollowedByAPauseAndAFullerRound() {
    roundMillis = 20;
    append(1, 2, 3, 4);
    assertThat(messages()).containsExactly(List.of(1L, 2L, 3L, 4L));
    // Three quarters of twice the round, as three of four messages were saved.
    append(5);
    assertThat(messages()).isEmpty();
    advance(29);
    append(6);
    assertThat(messages()).isEmpty();
    advance(1);
    assertThat(messages()).containsExactly(List.of(5L, 6L));
    advance(20);
    append(7);
    assertThat(messages()).containsExactly(List.of(7L));
  }

  @Test
  void noPauseIsLongerThanATenthOfASecond() {
    roundMillis = 1_000;
    append(1, 2);
    assertThat(messages()).hasSize(1);
    append(3);
    advance(99);
    assertThat(messages()).isEmpty();
    advance(1);
    assertThat(messages()).containsExactly(List.of(3L));
  }

  @Test
  void aQuickRoundIsFollowedByNoPause() {
    append(1, 2, 3);
    assertThat(messages()).hasSize(1);
    append(4);
    assertThat(messages()).containsExactly(List.of(4L));
  }

  @Test
  void pausesGrowWithTheShareOfClientsThatAreBeingCaughtUp() {
    roundMillis = 20;
    for (int i = 0; i < 3; i++) {
      pump.pacer().catchUpStarted();
    }
    append(1);
    assertThat(messages()).hasSize(1);
    // Three of four wait: three quarters of twice the round.
    append(2);
    advance(29);
    assertThat(messages()).isEmpty();
    for (int i = 0; i < 3; i++) {
      pump.pacer().catchUpEnded();
    }
    advance(1);
    assertThat(messages()).containsExactly(List.of(2L));
    append(3);
    assertThat(messages()).containsExactly(List.of(3L));
  }
}

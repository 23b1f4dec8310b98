package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.MatchedUpTo;
import dev.orderwire.gateway.match.Matcher;
import dev.orderwire.gateway.match.ViewFrames;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All event loops with what each has of its own. For any number of threads. */
public final class EventLoops {
  private final Map<EventExecutor, LoopContext> lanes = new LinkedHashMap<>();
  private final Matcher<ViewSubscriptions> matcher;
  private final FrameCache<ViewSubscriptions> frames;

  /**
   * @param leavers take on the subscriptions that the feed can no longer serve
   */
  public EventLoops(
      EventLoopGroup loops,
      Feed feed,
      Catalog catalog,
      GatewayOptions options,
      Traffic traffic,
      Pump.Fallback leavers) {
    this.matcher = new Matcher<>(feed);
    this.frames = new FrameCache<>(feed, catalog, matcher, options);
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      lanes.put(
          loop,
          new LoopContext(
              new Pump(loop, feed, matcher, frames, traffic, leavers, this::sweep),
              new Heartbeats(loop, options.heartbeat())));
    }
  }

  public LoopContext of(EventLoop loop) {
    LoopContext lane = lanes.get(loop);
    if (lane == null) {
      throw new IllegalStateException("not an event loop of this gateway: " + loop);
    }
    return lane;
  }

  /** Something is new in the feed. On the thread that appends to it. */
  public void news() {
    Map<Pump, List<ViewSubscriptions>> concerned = new HashMap<>();
    for (ViewFrames<ViewSubscriptions> view : matcher.look()) {
      for (ViewSubscriptions watchers : view.watchers()) {
        concerned.computeIfAbsent(watchers.pump(), _ -> new ArrayList<>()).add(watchers);
      }
    }
    MatchedUpTo known = matcher.known();
    for (LoopContext lane : lanes.values()) {
      lane.pump().news(known, concerned.getOrDefault(lane.pump(), List.of()));
    }
  }

  /** One for each event loop: see {@link Pump#passing}. */
  public List<CompletableFuture<Void>> passing(long cursor) {
    return lanes.values().stream().map(lane -> lane.pump().passing(cursor)).toList();
  }

  private void sweep() {
    long all = Pump.NOBODY;
    for (LoopContext lane : lanes.values()) {
      all = Math.min(all, lane.pump().passed());
    }
    frames.passed(all);
  }

  /** Closes every connection. */
  public void closeAll(CloseReason reason) {
    lanes.forEach((loop, lane) ->
        loop.execute(() -> lane.heartbeats().connections().forEach(each -> each.close(reason))));
  }
}

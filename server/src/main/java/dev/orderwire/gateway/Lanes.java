package dev.orderwire.gateway;

import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
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
final class Lanes {
  private final Map<EventExecutor, Lane> lanes = new LinkedHashMap<>();
  private final Matcher<Watchers> matcher;
  private final Frames<Watchers> frames;

  /**
   * @param leavers take on the subscriptions that the feed can no longer serve
   */
  Lanes(
      EventLoopGroup loops,
      Feed feed,
      Catalog catalog,
      GatewayOptions options,
      Traffic traffic,
      Pump.Leavers leavers) {
    this.matcher = new Matcher<>(feed);
    this.frames = new Frames<>(feed, catalog, matcher, options);
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      lanes.put(
          loop,
          new Lane(
              new Pump(loop, feed, matcher, frames, traffic, leavers, this::sweep),
              new Heartbeats(loop, options.heartbeat())));
    }
  }

  Lane of(EventLoop loop) {
    Lane lane = lanes.get(loop);
    if (lane == null) {
      throw new IllegalStateException("not an event loop of this gateway: " + loop);
    }
    return lane;
  }

  /** Something is new in the feed. On the thread that appends to it. */
  void news() {
    Map<Pump, List<Watchers>> concerned = new HashMap<>();
    for (ViewFrames<Watchers> view : matcher.look()) {
      for (Watchers watchers : view.watchers()) {
        concerned.computeIfAbsent(watchers.pump(), _ -> new ArrayList<>()).add(watchers);
      }
    }
    Known known = matcher.known();
    for (Lane lane : lanes.values()) {
      lane.pump().news(known, concerned.getOrDefault(lane.pump(), List.of()));
    }
  }

  /** One for each event loop: see {@link Pump#passing}. */
  List<CompletableFuture<Void>> passing(long cursor) {
    return lanes.values().stream().map(lane -> lane.pump().passing(cursor)).toList();
  }

  private void sweep() {
    long all = Pump.NOBODY;
    for (Lane lane : lanes.values()) {
      all = Math.min(all, lane.pump().passed());
    }
    frames.passed(all);
  }

  /** Closes every connection. */
  void closeAll(CloseReason reason) {
    lanes.forEach((loop, lane) ->
        loop.execute(() -> lane.heartbeats().connections().forEach(each -> each.close(reason))));
  }
}

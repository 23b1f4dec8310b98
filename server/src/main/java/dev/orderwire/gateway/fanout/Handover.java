package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.fanout.ViewSubscriptions.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects the subscriptions that the feed can no longer serve while others are being visited. */
final class Handover {
  private final Fallback fallback;
  private final List<Subscription> behind = new ArrayList<>();
  private final List<Subscription> reset = new ArrayList<>();
  private final List<Subscription> moved = new ArrayList<>();

  Handover(Fallback fallback) {
    this.fallback = fallback;
  }

  /** Collects a subscription if its last step says so. */
  void addIfNeeded(Subscription subscription, Step step) {
    switch (step) {
      case BEHIND -> add(subscription, behind);
      case RESET -> add(subscription, reset);
      case MOVED -> add(subscription, moved);
      case ADVANCED, DONE -> {}
    }
  }

  private static void add(Subscription subscription, List<Subscription> to) {
    subscription.catchUp();
    to.add(subscription);
  }

  /**
   * Hands the collected subscriptions over.
   *
   * @param leave called first: removes a subscription from its view
   */
  void run(Consumer<Subscription> leave) {
    run(behind, leave.andThen(fallback::behind));
    run(reset, leave.andThen(fallback::reset));
    run(moved, leave.andThen(fallback::moved));
  }

  private static void run(List<Subscription> collected, Consumer<Subscription> action) {
    List<Subscription> all = List.copyOf(collected);
    collected.clear();
    all.forEach(action);
  }
}

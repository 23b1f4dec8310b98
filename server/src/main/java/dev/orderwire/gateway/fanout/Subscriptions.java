package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one connection, in their order. For its event loop. */
final class Subscriptions {
  private final List<Subscription> all = new ArrayList<>(1);
  private final Pump pump;
  private final Traffic traffic;
  private final Registration registration;

  /**
   * @param registration is told of each change
   */
  Subscriptions(Pump pump, Traffic traffic, Registration registration) {
    this.pump = pump;
    this.traffic = traffic;
    this.registration = registration;
  }

  /** All of them, unmodifiable. */
  List<Subscription> all() {
    return Collections.unmodifiableList(all);
  }

  /** Whether there is exactly one. */
  boolean isSingle() {
    return all.size() == 1;
  }

  void add(Subscription subscription) {
    all.add(subscription);
    registration.changed();
  }

  /** Ends one of them, if it is one. */
  void end(Subscription subscription) {
    if (all.remove(subscription)) {
      leave(subscription);
      if (subscription.isAnswered()) {
        traffic.unsubscribed();
      }
      subscription.end();
      registration.changed();
    }
  }

  void endAll() {
    List.copyOf(all).forEach(this::end);
  }

  void replace(Subscription before, Subscription next) {
    all.set(all.indexOf(before), next);
    leave(before);
    before.end();
  }

  private void leave(Subscription subscription) {
    if (subscription.group() != null) {
      pump.leave(subscription);
    }
  }

  Optional<Subscription> of(String view) {
    return all.stream().filter(each -> each.view().id().equals(view)).findFirst();
  }

  /**
   * The position of all subscriptions; null if there are none, if they differ, or if one of them is
   * behind.
   *
   * @param passed the place that all subscriptions have reached, except lagging ones
   */
  @Nullable String position(Feed.Place passed) {
    if (all.isEmpty()) {
      return null;
    }
    View first = all.getFirst().view();
    for (Subscription each : all) {
      each.skipTo(passed);
      if (!each.keepsUp()
          || each.cursor() != passed.cursor()
          || !each.view().scope().tag().equals(first.scope().tag())) {
        return null;
      }
    }
    return first.textOf(passed.position());
  }
}

package dev.orderwire.gateway.fanout;

import dev.orderwire.auth.Visitor;
import dev.orderwire.view.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a subscription has to do with a change.
 *
 * @param live whether it follows the feed; otherwise it is being caught up
 * @param passed whether it has sent the change, does not show it, or began after it
 */
public record Watching(View view, boolean live, boolean passed) {
  /** On the event loop of the connections. */
  static Map<Watching, Integer> count(
      List<Connection> connections, Predicate<Visitor> clients, String table, long change) {
    Map<Watching, Integer> counted = new HashMap<>();
    for (Connection connection : connections) {
      if (connection.isAuthenticated() && clients.test(connection.visitor())) {
        for (Subscription each : connection.subscriptions()) {
          if (each.view().table().name().equals(table)) {
            counted.merge(
                new Watching(each.view(), each.isLive(), each.hasPassed(change)), 1, Integer::sum);
          }
        }
      }
    }
    return counted;
  }
}

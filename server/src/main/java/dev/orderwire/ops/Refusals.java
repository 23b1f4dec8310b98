package dev.orderwire.ops;

import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.ops.ListenerHealth.Report;
import dev.orderwire.ops.ListenerHealth.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that refuse clients: each from its first refusal until it serves a request that it
 * had refused. That is one line in the log when it begins and one when it ends, however many
 * clients ask. Safe for any number of threads.
 */
final class Refusals {
  /**
   * A resource that refuses clients.
   *
   * @param what what the clients do not get
   * @param cause the newest one
   */
  record Refusal(Resource resource, String what, String cause, Instant since) {}

  private record Part(Resource resource, String table) {
    String what() {
      return table.isEmpty() ? resource.sentence() : resource.sentence() + " of " + table;
    }
  }

  /** From the first refusal on. */
  private static final class Episode {
    private final Instant since;
    private final Set<String> requests = new HashSet<>();
    private String cause = "";
    private Instant last;
    private Duration memory = FORGOTTEN;
    private boolean logged;

    Episode(Instant since) {
      this.since = since;
      this.last = since;
    }
  }

  /** The clients may never ask again for what was refused. */
  static final Duration FORGOTTEN = Duration.ofMinutes(10);

  /** Longer than clients wait before they ask again. */
  static final Duration FORGOTTEN_SOON = Duration.ofSeconds(30);

  private static final int MOST_REQUESTS = 100;

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  private final InstantSource clock;
  private final Map<Part, Episode> episodes = new LinkedHashMap<>();
  private volatile boolean none = true;

  Refusals(InstantSource clock) {
    this.clock = clock;
  }

  /** As {@link dev.orderwire.gateway.protocol.Traffic#refuses}. */
  synchronized boolean refuses(Use use, String cause, boolean asksAgain) {
    endForgotten();
    Part part = new Part(use.resource(), use.table());
    Instant now = clock.instant();
    Episode episode = episodes.computeIfAbsent(part, _ -> new Episode(now));
    none = false;
    boolean news = !episode.cause.equals(cause);
    episode.cause = cause;
    episode.last = now;
    episode.memory = asksAgain ? FORGOTTEN_SOON : FORGOTTEN;
    if (episode.requests.size() < MOST_REQUESTS) {
      episode.requests.add(use.request());
    }
    // An outage of MySQL is logged where it is noticed, once for all that need MySQL.
    if (!episode.logged && part.resource() != Resource.MYSQL) {
      episode.logged = true;
      log.warn("Clients are refused {}: {}", part.what(), cause);
    }
    return news;
  }

  /** As {@link dev.orderwire.gateway.protocol.Traffic#serves}. */
  void serves(Use use) {
    if (!none) {
      end(use);
    }
  }

  private synchronized void end(Use use) {
    Part part = new Part(use.resource(), use.table());
    Episode episode = episodes.get(part);
    if (episode != null
        && (episode.requests.contains(use.request()) || episode.requests.size() == MOST_REQUESTS)) {
      episodes.remove(part);
      none = episodes.isEmpty();
      if (episode.logged) {
        log.info(
            "Clients get {} again (refused since {}: {})",
            part.what(),
            episode.since,
            episode.cause);
      }
    }
  }

  private void endForgotten() {
    Instant now = clock.instant();
    for (Iterator<Map.Entry<Part, Episode>> all = episodes.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Part, Episode> each = all.next();
      Episode episode = each.getValue();
      if (episode.last.isBefore(now.minus(episode.memory))) {
        all.remove();
        if (episode.logged) {
          log.info(
              "No client was refused {} for {} s (refused since {}: {})",
              each.getKey().what(),
              episode.memory.toSeconds(),
              episode.since,
              episode.cause);
        }
      }
    }
    none = episodes.isEmpty();
  }

  /** The resources that refuse clients, the longest first. */
  synchronized List<Refusal> all() {
    endForgotten();
    return episodes.entrySet().stream()
        .map(each ->
            new Refusal(
                each.getKey().resource(),
                each.getKey().what(),
                each.getValue().cause,
                each.getValue().since))
        .toList();
  }

  boolean has(Resource resource) {
    return !none && all().stream().anyMatch(refusal -> refusal.resource() == resource);
  }

  /** The answer of {@code /health} if a resource refuses clients. */
  Optional<Report> report() {
    return all().stream()
        .findFirst()
        .map(refusal ->
            new Report(
                State.DEGRADED,
                Optional.of(
                    "clients are refused %s: %s".formatted(refusal.what(), refusal.cause())),
                Optional.of(refusal.since())));
  }
}

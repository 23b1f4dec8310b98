package dev.orderwire.presence;

import dev.orderwire.bus.BusException;
import dev.orderwire.lifecycle.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the store that this server lives, and what changes of its connections. A thread of its own
 * does that, and begins anew after each failure of the store.
 */
final class Heart {
  private static final Logger log = LoggerFactory.getLogger(Heart.class);

  /** How late others know of a change, at most, as long as the store answers. */
  private static final Duration TELL = Duration.ofMillis(500);

  /** Several times within the lifetime of what is stored, also after a failure or two. */
  private static final Duration RENEW = Duration.ofMillis(PresenceStore.LIFETIME_MILLIS / 5);

  private static final Duration RETRY = Duration.ofMillis(500);

  private final PresenceStore store;
  private final Supplier<ServerLine> self;
  private final Announcements announcements;
  private final Runnable announceAll;
  private final Worker worker = Worker.platform("presence", this::run);
  private volatile Map<String, ServerLine> servers = Map.of();

  private volatile @Nullable String problem;

  private boolean warned;
  private boolean joined;
  private long renewed;

  /**
   * @param self what others are told of this server
   * @param announceAll announces all connections of this server
   */
  Heart(
      PresenceStore store,
      Supplier<ServerLine> self,
      Announcements announcements,
      Runnable announceAll) {
    this.store = store;
    this.self = self;
    this.announcements = announcements;
    this.announceAll = announceAll;
    this.problem = store + " has not answered yet";
  }

  void start() {
    worker.start();
  }

  /** All servers at the last beat, by id. */
  Map<String, ServerLine> servers() {
    return servers;
  }

  /** Why the others are not known; empty if they are. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      try {
        beat();
        Thread.sleep(TELL);
      } catch (BusException e) {
        lost(e);
        Thread.sleep(RETRY);
      } catch (RuntimeException e) {
        log.error("Failed to tell other servers of the connections; trying again", e);
        joined = false;
        Thread.sleep(RETRY);
      }
    }
  }

  private void beat() throws InterruptedException {
    if (!joined) {
      store.join();
      renew();
      announcements.open();
      joined = true;
      announceAll.run();
    } else if (System.nanoTime() - renewed >= RENEW.toNanos() && !renew()) {
      log.info("{} has lost what was stored: all is stored again", store);
      joined = false;
      beat();
      return;
    }
    announcements.tell(store);
    announcements.ask(store, others());
    if (problem != null) {
      if (warned) {
        log.info("{} answers again: the connections of all servers are known", store);
      }
      warned = false;
      problem = null;
    }
  }

  private boolean renew() throws InterruptedException {
    renewed = System.nanoTime();
    boolean intact = store.renew(self.get().text());
    servers = read(store.servers());
    return intact;
  }

  static Map<String, ServerLine> read(Map<String, String> texts) {
    Map<String, ServerLine> read = new TreeMap<>();
    texts.forEach((id, text) -> ServerLine.read(text).ifPresent(line -> read.put(id, line)));
    return read;
  }

  private List<String> others() {
    List<String> others = new ArrayList<>(servers.keySet());
    others.remove(self.get().id());
    return others;
  }

  private void lost(BusException cause) {
    joined = false;
    announcements.close();
    problem = cause.getMessage();
    if (!warned && !worker.isStopping()) {
      warned = true;
      log.warn(
          "{}. This server goes on alone: it knows no connections of others, and its limits count its own",
          cause.getMessage());
    }
  }

  /** Ends the beats, and forgets what is stored of this server. */
  void stop() {
    worker.stop();
    announcements.close();
    if (!joined) {
      return;
    }
    try {
      store.leave();
    } catch (BusException e) {
      log.debug("What is stored of this server ends by itself", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.orderwire.presence;

import dev.orderwire.bus.BusException;
import dev.orderwire.lifecycle.Worker;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the messages of other servers, on a thread of its own, and sends this server's. Safe for
 * any number of threads.
 */
final class Inbox {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);

  private static final long POLL_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 200;

  private final PresenceStore store;
  private final String server;
  private final ToIntFunction<Kick> kick;
  private final Worker worker = Worker.platform("presence-inbox", this::run);
  private final AtomicLong requests = new AtomicLong();
  private final Map<Long, Answers> waiting = new ConcurrentHashMap<>();

  /** For the worker's thread. */
  private boolean warned;

  /** The answers to one request. */
  private static final class Answers {
    private final Set<String> missing;
    private final Map<String, Integer> closed = new HashMap<>();

    Answers(Collection<String> asked) {
      this.missing = new HashSet<>(asked);
    }

    synchronized void add(Message.Answer answer) {
      if (missing.remove(answer.from())) {
        closed.put(answer.from(), answer.closed());
        notifyAll();
      }
    }

    synchronized Map<String, Integer> await(long millis) throws InterruptedException {
      long end = System.nanoTime() + millis * 1_000_000;
      while (!missing.isEmpty()) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          break;
        }
        wait(left);
      }
      return Map.copyOf(closed);
    }
  }

  /**
   * @param kick closes connections of this server, and returns how many
   */
  Inbox(PresenceStore store, String server, ToIntFunction<Kick> kick) {
    this.store = store;
    this.server = server;
    this.kick = kick;
  }

  void start() {
    worker.start();
  }

  /**
   * Asks servers to close connections.
   *
   * @param millis how long to wait for their answers
   * @return how many each closes; servers that do not answer are missing
   * @throws BusException if the store does not take the messages
   */
  Map<String, Integer> ask(Kick what, Collection<String> servers, long millis)
      throws InterruptedException {
    long request = requests.incrementAndGet();
    Answers answers = new Answers(servers);
    waiting.put(request, answers);
    try {
      String text = new Message.Ask(server, request, what).text();
      for (String each : servers) {
        store.send(each, text);
      }
      return answers.await(millis);
    } finally {
      waiting.remove(request);
    }
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      try {
        String text = store.receive(POLL_MILLIS).orElse(null);
        if (text != null) {
          take(text);
        }
      } catch (BusException e) {
        // The heart says so.
        log.debug("No messages", e);
        Thread.sleep(RETRY_MILLIS);
      } catch (RuntimeException e) {
        log.error("A message of another server failed", e);
      }
    }
  }

  private void take(String text) throws InterruptedException {
    switch (Message.read(text).orElse(null)) {
      case Message.Ask(String from, long request, Kick what) -> {
        int closed = kick.applyAsInt(what);
        if (closed > 0) {
          log.info("Closed {} connections, as server {} was asked to", closed, from);
        }
        store.send(from, new Message.Answer(server, request, closed).text());
      }
      case Message.Answer answer -> {
        Answers answers = waiting.get(answer.request());
        if (answers != null) {
          answers.add(answer);
        }
      }
      case null -> {
        if (!warned) {
          warned = true;
          log.warn(
              "A message for this server is none that it knows. Such messages are skipped; this is said once");
        }
      }
    }
  }

  void stop() {
    worker.stop();
  }
}

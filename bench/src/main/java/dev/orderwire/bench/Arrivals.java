package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.Watcher;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ObjLongConsumer;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;

/**
 * The times at which each insert began, was committed, and arrived at each client. All times are
 * {@link System#nanoTime} of this process, which runs both the writers and the clients.
 */
final class Arrivals {
  private final int clients;
  private final int inserts;
  private final long firstOrder;
  private final long[] begun;
  private final long[] committed;
  private final AtomicLongArray arrived;
  private final CountDownLatch missing;

  /**
   * @param firstOrder the id of the first inserted order; the ids count up from it
   */
  Arrivals(int clients, int inserts, long firstOrder) {
    this.clients = clients;
    this.inserts = inserts;
    this.firstOrder = firstOrder;
    this.begun = new long[inserts];
    this.committed = new long[inserts];
    this.arrived = new AtomicLongArray(clients * inserts);
    this.missing = new CountDownLatch(clients * inserts);
  }

  /** Records arrivals at one client. A duplicate is an error. */
  private ObjLongConsumer<JsonNode> recorder(int client) {
    return (change, at) -> {
      long id = change.path("key").path("id").asLong();
      if (id < firstOrder || id >= firstOrder + inserts) {
        return;
      }
      int order = (int) (id - firstOrder);
      if (!arrived.compareAndSet(client * inserts + order, 0, at)) {
        throw new IllegalStateException("duplicate change: " + change);
      }
      missing.countDown();
    };
  }

  long firstOrder() {
    return firstOrder;
  }

  /** Connects the clients. They ignore changes of other orders. */
  List<Watcher> watch(HttpClient http, URI websocket) throws InterruptedException {
    List<Watcher> watchers = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      watchers.add(new Watcher(http, websocket, recorder(client)));
    }
    return watchers;
  }

  /**
   * Records an insert.
   *
   * @param order its index, from 0
   */
  void inserted(int order, long begunAt, long committedAt) {
    begun[order] = begunAt;
    committed[order] = committedAt;
  }

  /** Waits at most so long, and returns whether every insert has arrived at every client. */
  boolean await(Duration time) throws InterruptedException {
    return missing.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The delays from just before each insert to its arrival at each client, in nanoseconds. */
  Histogram fromBegin() {
    Histogram fromBegin = new Histogram(3);
    for (int order = 0; order < inserts; order++) {
      for (int client = 0; client < clients; client++) {
        fromBegin.recordValue(arrived.get(client * inserts + order) - begun[order]);
      }
    }
    return fromBegin;
  }

  /**
   * The delays from MySQL's answer to each insert, which commits it, to its arrival at each client,
   * in nanoseconds. A change may arrive before the answer reaches the writer: that counts as 0.
   */
  Histogram fromCommit() {
    Histogram fromCommit = new Histogram(3);
    for (int order = 0; order < inserts; order++) {
      for (int client = 0; client < clients; client++) {
        long at = arrived.get(client * inserts + order);
        fromCommit.recordValue(Math.max(0, at - committed[order]));
      }
    }
    return fromCommit;
  }

  /**
   * Adds the percentiles of {@link #fromBegin}, in milliseconds.
   *
   * @param key the prefix of their JSON keys
   */
  void addTo(Figures figures, String key, String label) {
    Histogram delays = fromBegin();
    figures
        .add(key + "P50Millis", label + ", p50", delays.getValueAtPercentile(50) / 1e6, "ms")
        .add(key + "P99Millis", label + ", p99", delays.getValueAtPercentile(99) / 1e6, "ms")
        .add(key + "P999Millis", label + ", p99.9", delays.getValueAtPercentile(99.9) / 1e6, "ms");
  }

  void print(PrintStream out) {
    Histogram insert = new Histogram(3);
    for (int order = 0; order < inserts; order++) {
      insert.recordValue(committed[order] - begun[order]);
    }
    out.printf("%d clients, %d inserts, each delivered once to every client%n", clients, inserts);
    out.printf("%-36s %8s %8s %8s %8s  (ms)%n", "", "p50", "p99", "p99.9", "max");
    print(out, "INSERT alone, with its commit", insert);
    print(out, "from before the INSERT to arrival", fromBegin());
    print(out, "from the commit's answer to arrival", fromCommit());
  }

  private static void print(PrintStream out, String label, Histogram nanos) {
    out.printf(
        "%-36s %8.2f %8.2f %8.2f %8.2f%n",
        label,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getValueAtPercentile(99.9) / 1e6,
        nanos.getMaxValue() / 1e6);
  }
}

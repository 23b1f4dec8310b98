package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Clients that are connected, paused and counted together. For the loop's thread. */
final class LoadGroup {
  private static final long MAX_DELAY = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  /** Limits a step of connecting, so that connected clients are read in between. */
  private static final int CONNECTS_PER_STEP = 64;

  private final Target target;
  private final int count;
  private final List<LoadClient> clients = new ArrayList<>();
  private final Histogram delays = new Histogram(MAX_DELAY, DIGITS);

  /** What all clients together have received, if each change concerns one of them; else null. */
  private final @Nullable ReceivedNumbers shared;

  private double perNano;
  private long began;
  private int served;
  private long lastServed;
  private long messages;
  private long changes;
  private long rows;
  private long bytes;
  private long silence;
  private long duplicates;
  private int disconnects;
  private String reason = "";

  LoadGroup(Target target, int count) {
    this.target = target;
    this.count = count;
    this.shared = target.divided() ? new ReceivedNumbers() : null;
  }

  Target target() {
    return target;
  }

  int count() {
    return count;
  }

  /** Disconnects all clients. From now on, {@link #connectDue} connects them again. */
  void connect(int perSecond) {
    clients.forEach(LoadClient::abort);
    clients.clear();
    served = 0;
    perNano = perSecond / 1e9;
    began = System.nanoTime();
  }

  /** Takes a step: connects clients that are due by now. */
  void connectDue(@Nullable SocketAddress source, Selector selector) throws IOException {
    double due = Math.min(count, (System.nanoTime() - began) * perNano + 1);
    for (int i = 0; i < CONNECTS_PER_STEP && clients.size() + 1 <= due; i++) {
      ReceivedNumbers numbers = shared == null ? new ReceivedNumbers() : shared;
      int index = clients.size();
      clients.add(new LoadClient(this, index, numbers, target.source(index, source), selector));
    }
  }

  /** Replaces a disconnected client by its successor, which resumes. */
  void replace(int index, LoadClient client) {
    clients.set(index, client);
  }

  boolean isServed() {
    return served == count;
  }

  /** The time from the first connect until the last client was served. */
  long nanosToServe() {
    return lastServed - began;
  }

  void pause(boolean paused) {
    clients.forEach(client -> client.pause(paused));
  }

  void abort() {
    clients.forEach(LoadClient::abort);
  }

  void message() {
    messages++;
  }

  void bytes(int count) {
    bytes += count;
  }

  void change(boolean first, long delay) {
    changes++;
    duplicates += first ? 0 : 1;
    delays.recordValue(Math.min(delay, MAX_DELAY));
  }

  /** A client has received no change for so long, before it received another. */
  void silence(long nanos) {
    silence = Math.max(silence, nanos);
  }

  void row(boolean first) {
    rows++;
    duplicates += first ? 0 : 1;
  }

  void served() {
    served++;
    lastServed = System.nanoTime();
  }

  void disconnected(String cause) {
    if (disconnects++ == 0) {
      reason = cause;
    }
  }

  /** Resets the counters, except those of errors, and keeps the received numbers. */
  void clear() {
    delays.reset();
    messages = 0;
    changes = 0;
    rows = 0;
    bytes = 0;
    silence = 0;
    clients.forEach(LoadClient::forgetLastChanges);
  }

  /**
   * What the clients have received since the last {@link #clear}.
   *
   * @param from the first sequence number that all should have
   * @param to one more than the last
   */
  LoadReport report(int from, int to) {
    long missing =
        shared == null
            ? clients.stream().mapToLong(client -> client.missing(from, to)).sum()
            : shared.missing(from, to);
    return new LoadReport(
        count,
        served,
        messages,
        changes,
        rows,
        bytes,
        silence,
        missing,
        duplicates,
        disconnects,
        reason,
        delays);
  }
}

package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Clients that are connected, stopped and counted together. For the loop's thread. */
final class LoadGroup {
  private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  /** Between two steps of connecting, others are to be read. */
  private static final int AT_A_TIME = 64;

  private final Target target;
  private final int count;
  private final List<LoadClient> clients = new ArrayList<>();
  private final Histogram delays = new Histogram(LONGEST, DIGITS);

  /** Where each change concerns one client: what came to any of them. */
  private final @Nullable Numbers together;

  private double perNano;
  private long began;
  private int served;
  private long lastServed;
  private long messages;
  private long changes;
  private long rows;
  private long bytes;
  private long twice;
  private int ended;
  private String reason = "";

  LoadGroup(Target target, int count) {
    this.target = target;
    this.count = count;
    this.together = target.views() > 0 ? new Numbers() : null;
  }

  Target target() {
    return target;
  }

  int count() {
    return count;
  }

  /** Ends what is connected; from now on {@link #openDue} connects. */
  void connect(int perSecond) {
    clients.forEach(LoadClient::abort);
    clients.clear();
    served = 0;
    perNano = perSecond / 1e9;
    began = System.nanoTime();
  }

  /** Connects those whose turn has come. */
  void openDue(@Nullable SocketAddress source, Selector selector) throws IOException {
    double due = Math.min(count, (System.nanoTime() - began) * perNano + 1);
    for (int i = 0; i < AT_A_TIME && clients.size() + 1 <= due; i++) {
      Numbers numbers = together == null ? new Numbers() : together;
      clients.add(new LoadClient(this, clients.size(), numbers, source, selector));
    }
  }

  /** A client that was cut off has come back as another one. */
  void replace(int index, LoadClient client) {
    clients.set(index, client);
  }

  boolean isServed() {
    return served == count;
  }

  /** From the first step of connecting until the last one was served. */
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
    twice += first ? 0 : 1;
    delays.recordValue(Math.min(delay, LONGEST));
  }

  void row(boolean first) {
    rows++;
    twice += first ? 0 : 1;
  }

  void served() {
    served++;
    lastServed = System.nanoTime();
  }

  void ended(String why) {
    if (ended++ == 0) {
      reason = why;
    }
  }

  /** Counts anew, but for the numbers that came. */
  void clear() {
    delays.reset();
    messages = 0;
    changes = 0;
    rows = 0;
    bytes = 0;
  }

  /**
   * @param from the first of the numbers that all should have
   * @param to the one after the last
   */
  LoadReport report(int from, int to) {
    long missing =
        together == null
            ? clients.stream().mapToLong(client -> client.missing(from, to)).sum()
            : together.missing(from, to);
    return new LoadReport(
        count, served, messages, changes, rows, bytes, missing, twice, ended, reason, delays);
  }
}

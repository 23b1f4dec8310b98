package dev.orderwire.bench.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a group of clients has received since its counters were last reset.
 *
 * @param served clients that are subscribed or, if they asked for a snapshot, have received it
 * @param rows rows of snapshots
 * @param bytes bytes read from the sockets
 * @param silence the longest time in which a client received no change, before it received another,
 *     in nanoseconds
 * @param missing sequence numbers not received, counted at each client that should have them; if
 *     each change concerns one client, at that one
 * @param duplicates sequence numbers that a client received again; never reset
 * @param disconnects connections that ended unasked; never reset. Their clients resumed
 * @param reason why the first of them ended; empty if none did
 * @param delays the delay of each change at each client, from stamp to arrival, in nanoseconds
 */
public record LoadReport(
    int clients,
    int served,
    long messages,
    long changes,
    long rows,
    long bytes,
    long silence,
    long missing,
    long duplicates,
    int disconnects,
    String reason,
    Histogram delays) {

  /** Adds up the reports of several processes or groups. */
  public static LoadReport sum(List<LoadReport> reports) {
    return reports.stream().reduce(LoadReport::plus).orElseThrow();
  }

  private LoadReport plus(LoadReport other) {
    Histogram both = delays.copy();
    both.add(other.delays);
    return new LoadReport(
        clients + other.clients,
        served + other.served,
        messages + other.messages,
        changes + other.changes,
        rows + other.rows,
        bytes + other.bytes,
        Math.max(silence, other.silence),
        missing + other.missing,
        duplicates + other.duplicates,
        disconnects + other.disconnects,
        reason.isEmpty() ? other.reason : reason,
        both);
  }

  /** More than 1 if the server could not keep up, or the writers were uneven. */
  public double changesPerMessage() {
    return (double) changes / messages;
  }

  /** A percentile of the delay, in milliseconds. */
  public double millis(double percentile) {
    return delays.getValueAtPercentile(percentile) / 1e6;
  }

  /** The longest delay, in milliseconds. */
  public double longestMillis() {
    return delays.getMaxValue() / 1e6;
  }

  /** The longest time without a change at a client, in milliseconds. */
  public double silenceMillis() {
    return silence / 1e6;
  }

  /**
   * Checks that nothing is missing, nothing came twice, and no client was disconnected.
   *
   * @return this report
   * @throws IllegalStateException otherwise, as the measurement is void
   */
  public LoadReport requireComplete() {
    return requireComplete(0);
  }

  /**
   * Checks the same, but allows some disconnects.
   *
   * @return this report
   * @throws IllegalStateException otherwise, as the measurement is void
   */
  public LoadReport requireComplete(int maxDisconnects) {
    if (missing > 0 || duplicates > 0 || disconnects > maxDisconnects) {
      throw new IllegalStateException("expected each change at each client once, found " + this);
    }
    return this;
  }

  /** Writes this report as one line, for {@link #read}. */
  String line() {
    ByteBuffer encoded = ByteBuffer.allocate(delays.getNeededByteBufferCapacity());
    int length = delays.encodeIntoCompressedByteBuffer(encoded);
    String histogram = Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    return "%d %d %d %d %d %d %d %d %d %d %s %s"
        .formatted(
            clients,
            served,
            messages,
            changes,
            rows,
            bytes,
            silence,
            missing,
            duplicates,
            disconnects,
            histogram,
            reason);
  }

  static LoadReport read(String line) {
    String[] words = line.split(" ", 12);
    try {
      return new LoadReport(
          Integer.parseInt(words[0]),
          Integer.parseInt(words[1]),
          Long.parseLong(words[2]),
          Long.parseLong(words[3]),
          Long.parseLong(words[4]),
          Long.parseLong(words[5]),
          Long.parseLong(words[6]),
          Long.parseLong(words[7]),
          Long.parseLong(words[8]),
          Integer.parseInt(words[9]),
          words[11],
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(words[10])), 0));
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("not a report: " + line, e);
    }
  }

  @Override
  public String toString() {
    return ("%,d clients, %,d served, %,d messages, %,d changes, %,d rows, %,d bytes, p50 %.2f p99"
            + " %.2f p99.9 %.2f longest %.2f ms, missing %,d, duplicates %,d, disconnects %,d"
            + " %s")
        .formatted(
            clients,
            served,
            messages,
            changes,
            rows,
            bytes,
            millis(50),
            millis(99),
            millis(99.9),
            longestMillis(),
            missing,
            duplicates,
            disconnects,
            reason)
        .strip();
  }
}

package dev.orderwire.bench.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a group of clients has had since it was last told to count anew.
 *
 * @param served clients that are subscribed or, where they asked for one, have their snapshot
 * @param rows those of snapshots
 * @param bytes all that came over the sockets, in bytes
 * @param missing numbers that did not come, counted at each client that should have them; where
 *     each change concerns one client, at that one
 * @param twice numbers that came again to the same client, ever
 * @param ended connections that ended without having been told to, ever; their clients came back
 * @param reason why the first one did
 * @param delays from stamp to arrival, in nanoseconds, of each change at each client
 */
public record LoadReport(
    int clients,
    int served,
    long messages,
    long changes,
    long rows,
    long bytes,
    long missing,
    long twice,
    int ended,
    String reason,
    Histogram delays) {

  /** Reports of several processes as one. */
  static LoadReport sum(List<LoadReport> reports) {
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
        missing + other.missing,
        twice + other.twice,
        ended + other.ended,
        reason.isEmpty() ? other.reason : reason,
        both);
  }

  /** More than one where the server could not keep up, or the writers' pace was uneven. */
  public double changesPerMessage() {
    return (double) changes / messages;
  }

  /** The delay that so many percent of the changes did not exceed, in milliseconds. */
  public double millis(double percentile) {
    return delays.getValueAtPercentile(percentile) / 1e6;
  }

  /** The longest delay, in milliseconds. */
  public double longestMillis() {
    return delays.getMaxValue() / 1e6;
  }

  /**
   * Returns this where nothing is missing, nothing came twice and nobody was cut off.
   *
   * @throws IllegalStateException otherwise: what was measured then is nothing
   */
  public LoadReport checked() {
    return checked(0);
  }

  /**
   * Returns this where nothing is missing, nothing came twice, and not more connections than that
   * were cut off.
   *
   * @throws IllegalStateException otherwise
   */
  public LoadReport checked(int mostEnded) {
    if (missing > 0 || twice > 0 || ended > mostEnded) {
      throw new IllegalStateException("expected each change at each client once, found " + this);
    }
    return this;
  }

  /** As one line, for {@link #read}. */
  String line() {
    ByteBuffer encoded = ByteBuffer.allocate(delays.getNeededByteBufferCapacity());
    int length = delays.encodeIntoCompressedByteBuffer(encoded);
    String histogram = Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    return "%d %d %d %d %d %d %d %d %d %s %s"
        .formatted(
            clients, served, messages, changes, rows, bytes, missing, twice, ended, histogram,
            reason);
  }

  static LoadReport read(String line) {
    String[] words = line.split(" ", 11);
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
          Integer.parseInt(words[8]),
          words[10],
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(words[9])), 0));
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("no report: " + line, e);
    }
  }

  @Override
  public String toString() {
    return ("%,d clients, %,d served, %,d messages, %,d changes, %,d rows, %,d bytes, p50 %.2f"
            + " p99 %.2f p99.9 %.2f longest %.2f ms, missing %,d, twice %,d, ended %,d %s")
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
            twice,
            ended,
            reason)
        .strip();
  }
}

package dev.orderwire.presence;

import java.security.SecureRandom;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a connection, unique over all servers and restarts. Lists of connections are in the
 * order of these ids: by server, by bucket, by number.
 *
 * @param server the id of the process that the client is connected to, as {@link #newServer} makes
 *     it
 * @param number of the connection in that process: 1, 2, 3, …
 */
public record ConnectionId(String server, long number) implements Comparable<ConnectionId> {
  /** How many parts the connections of a server are kept in, so that none is large. */
  public static final int BUCKETS = 64;

  private static final Pattern TEXT = Pattern.compile("([0-9a-z]{13})-([0-9a-z]{1,12})");
  private static final int RADIX = Character.MAX_RADIX;
  private static final int SERVER_LENGTH = 13;

  private static final Comparator<ConnectionId> ORDER =
      Comparator.comparing(ConnectionId::server)
          .thenComparingInt(ConnectionId::bucket)
          .thenComparingLong(ConnectionId::number);

  /** An id for a process that starts: 64 random bits. */
  public static String newServer() {
    String text = Long.toUnsignedString(new SecureRandom().nextLong(), RADIX);
    return "0".repeat(SERVER_LENGTH - text.length()) + text;
  }

  /** Reads {@link #toString}; empty if the text is no id. */
  public static Optional<ConnectionId> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    ConnectionId id = new ConnectionId(matcher.group(1), Long.parseLong(matcher.group(2), RADIX));
    // One spelling for each id.
    return Optional.of(id).filter(read -> read.toString().equals(text));
  }

  /** The part of its server's connections that it belongs to. */
  public int bucket() {
    return bucket(number);
  }

  public static int bucket(long number) {
    return (int) Math.floorMod(number, (long) BUCKETS);
  }

  @Override
  public int compareTo(ConnectionId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return server + "-" + Long.toString(number, RADIX);
  }
}

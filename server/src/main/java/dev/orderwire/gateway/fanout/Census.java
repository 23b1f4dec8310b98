package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.presence.ConnectedClient;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The connections of the gateway as a whole: their numbers. Safe for any number of threads. */
final class Census {
  private final Presence presence;
  private final Feed feed;
  private final AtomicLong newest = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param presence is told of each connection
   */
  Census(Presence presence, Feed feed) {
    this.presence = presence;
    this.feed = feed;
  }

  long newNumber() {
    return newest.incrementAndGet();
  }

  /** The id of the connection with a number. */
  ConnectionId id(long number) {
    return new ConnectionId(presence.server(), number);
  }

  /** How many connections are open. */
  int open() {
    return open.get();
  }

  void opened() {
    open.incrementAndGet();
  }

  void ended(long number) {
    open.decrementAndGet();
    presence.ended(number);
  }

  /** Whether anybody wants to know of a connection before asking. */
  boolean isShared() {
    return presence.isShared();
  }

  void announce(ConnectedClient client) {
    presence.announce(client);
  }

  /**
   * How many milliseconds ago the moment at a cursor was new; 0 if there is none yet; {@link
   * ConnectedClient#CATCHING_UP} if the feed no longer has it.
   */
  long age(long cursor) {
    return switch (feed.read(cursor, 1)) {
      case Reading.Trimmed() -> ConnectedClient.CATCHING_UP;
      case Reading.Moments(List<Moment> moments) when moments.isEmpty() -> 0;
      case Reading.Moments(List<Moment> moments) ->
          Math.max(0, Duration.between(moments.getFirst().notBefore(), Instant.now()).toMillis());
    };
  }
}

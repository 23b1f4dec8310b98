package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.Messages;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop. Each has a turn in every heartbeat, which spreads the messages
 * over its interval. For the event loop.
 */
final class Heartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  static final int TURNS = 16;

  private final List<IndexedList<Connection>> turns = new ArrayList<>();
  private int next;
  private int newest;

  Heartbeats(EventLoop loop, Duration heartbeat) {
    for (int i = 0; i < TURNS; i++) {
      turns.add(new IndexedList<>());
    }
    Sockets.repeat(loop, this::beat, Math.max(1, heartbeat.toMillis() / TURNS));
  }

  /**
   * Adds a connection.
   *
   * @return its turn, for {@link #remove}
   */
  int add(Connection connection) {
    newest = (newest + 1) % TURNS;
    turns.get(newest).add(connection);
    return newest;
  }

  void remove(Connection connection, int turn) {
    turns.get(turn).remove(connection);
  }

  /** The connections of one of {@link #TURNS} turns. */
  List<Connection> connections(int turn) {
    return turns.get(turn).copy();
  }

  List<Connection> connections() {
    return turns.stream().flatMap(turn -> turn.copy().stream()).toList();
  }

  private void beat() {
    next = (next + 1) % TURNS;
    IndexedList<Connection> turn = turns.get(next);
    // Most connections have the same position, and share its message.
    Map<String, Frame> frames = new HashMap<>();
    try {
      for (int i = 0; i < turn.size(); i++) {
        turn.get(i).beat(position -> frames.computeIfAbsent(position, Messages::position));
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      // Netty would never call again after an exception. The rest of this turn waits for its next.
      LOG.error("A heartbeat failed", e);
    } finally {
      frames.values().forEach(Frame::release);
    }
  }
}

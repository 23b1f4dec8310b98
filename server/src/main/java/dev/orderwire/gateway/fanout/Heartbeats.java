package dev.orderwire.gateway.fanout;

import dev.orderwire.change.Position;
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
 * The connections of one event loop, each with its turn in every heartbeat: spread over its time,
 * so that not all are written to at once. Lives on the event loop.
 */
final class Heartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  private static final int TURNS = 16;

  private final List<IndexedList<Connection>> turns = new ArrayList<>();
  private int next;
  private int newest;

  Heartbeats(EventLoop loop, Duration heartbeat) {
    for (int i = 0; i < TURNS; i++) {
      turns.add(new IndexedList<>());
    }
    Sockets.repeat(loop, this::beat, Math.max(1, heartbeat.toMillis() / TURNS));
  }

  /** The turn of a new connection, for {@link #remove}. */
  int add(Connection connection) {
    newest = (newest + 1) % TURNS;
    turns.get(newest).add(connection);
    return newest;
  }

  void remove(Connection connection, int turn) {
    turns.get(turn).remove(connection);
  }

  List<Connection> connections() {
    return turns.stream().flatMap(turn -> turn.copy().stream()).toList();
  }

  private void beat() {
    next = (next + 1) % TURNS;
    IndexedList<Connection> turn = turns.get(next);
    // As a rule all have seen the same.
    Map<Position, Frame> frames = new HashMap<>();
    try {
      for (int i = 0; i < turn.size(); i++) {
        turn.get(i).beat(position -> frames.computeIfAbsent(position, Messages::position));
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      // The others of this turn wait for their next one; who throws stops the clock for all.
      LOG.error("A heartbeat failed", e);
    } finally {
      frames.values().forEach(Frame::release);
    }
  }
}

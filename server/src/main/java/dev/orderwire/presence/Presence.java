package dev.orderwire.presence;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, on this server and on others. Safe for any number of threads. Methods that
 * event loops call never wait: what they tell is passed on within a second.
 */
public interface Presence extends AutoCloseable {
  /**
   * The presence of a server that knows of no other.
   *
   * @param name of the server, for people
   */
  static Presence alone(String name) {
    return new AlonePresence(name);
  }

  /** The id of this server, in the ids of its connections. */
  String server();

  /** Whether other servers are told anything. */
  boolean isShared();

  /** Takes the connections of this server, and begins to tell of them. Called once, at first. */
  void begin(OwnClients own);

  /** A connection was opened, or what is told of it has changed. For event loops. */
  void announce(ConnectedClient client);

  /** A connection has ended. For event loops. */
  void ended(long number);

  /** The number of connections of a party on this server has changed. For event loops. */
  void changed(Counted party);

  /**
   * A connection of a party was opened: tells the party soon how many it has elsewhere. For event
   * loops.
   *
   * @param tooMany called on another thread if the party has too many by then, and this connection
   *     is one of the newest; never if that cannot be known
   */
  void arrived(Counted party, Runnable tooMany);

  /**
   * Some of the connections of all servers. May wait; not for an event loop.
   *
   * @param identity whose connections; null for all
   * @param after the end of the page before; null for the first page
   * @param limit how many at most
   */
  ClientPage page(@Nullable String identity, @Nullable ConnectionId after, int limit);

  /** Closes connections, wherever they are. Waits up to about a second; not for an event loop. */
  Kicked kick(Kick which);

  /** Empty if other servers are told nothing. */
  Optional<PresenceStatus> status();

  @Override
  void close();
}

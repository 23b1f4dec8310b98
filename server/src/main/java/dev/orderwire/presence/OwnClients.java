package dev.orderwire.presence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of this server. The methods wait for event loops, so they are not for an event
 * loop.
 */
public interface OwnClients {
  /** How many connections there are. For any thread. */
  int count();

  /**
   * Some of the connections, by their ids.
   *
   * @param identity whose connections; null for all
   * @param after the id before the first
   * @param limit how many at most
   */
  List<ConnectedClient> page(@Nullable String identity, @Nullable ConnectionId after, int limit);

  /** Closes connections, and returns how many. */
  int kick(Kick which);

  /** Announces all connections to the {@link Presence}, and all that is counted. */
  void announceAll();
}

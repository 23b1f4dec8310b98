package dev.orderwire.presence;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some of the connections of all servers, by their ids.
 *
 * @param servers all servers that are known, whether they have a connection on this page or not
 * @param after where the next page begins; null if there is none. A page may be empty and not the
 *     last
 * @param problem why connections of other servers are missing; empty if none are
 */
public record ClientPage(
    List<ConnectedClient> clients,
    List<Server> servers,
    @Nullable ConnectionId after,
    Optional<String> problem) {
  /**
   * A server.
   *
   * @param id as in the ids of its connections
   * @param name its host and process, for people
   * @param connections how many it has, a few seconds ago
   */
  public record Server(String id, String name, int connections) {}

  public ClientPage {
    clients = List.copyOf(clients);
    servers = List.copyOf(servers);
  }
}

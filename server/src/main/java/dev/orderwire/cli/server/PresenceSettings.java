package dev.orderwire.cli.server;

import dev.orderwire.bus.Buses;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.ClusterSettings;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.Presence;
import dev.orderwire.presence.PresenceStores;
import dev.orderwire.presence.SharedPresence;

/** Whom a server tells of its connections, according to the settings. */
final class PresenceSettings {
  private PresenceSettings() {}

  /**
   * @throws OrderwireException {@code bad_settings}
   */
  static Presence of(Settings settings, Role role) {
    ClusterSettings cluster = settings.cluster();
    String name = NodeName.ofProcess();
    // A relay has no connections to tell of.
    if (!cluster.isOn() || !role.servesClients()) {
      return Presence.alone(name);
    }
    String server = ConnectionId.newServer();
    return new SharedPresence(
        PresenceStores.open(
            Buses.address("cluster", cluster.url()), cluster.properties(), server, Buses.folder()),
        server,
        name);
  }
}

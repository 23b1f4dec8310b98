package dev.orderwire.cli.settings;

import java.util.Map;

/** Where servers tell each other who is connected. */
public record ClusterSettings(
    @Setting(
            defaultValue = "",
            description =
                "The Redis in which servers tell each other who is connected, as"
                    + " `redis://host:6379`; `cluster: redis://…` is the same. Empty: each server"
                    + " knows its own connections only. See [who is"
                    + " connected](../scaling.md#who-is-connected).")
        String url,
    @Setting(
            defaultValue = "",
            description =
                "Properties of that Redis by name: see [connections in"
                    + " Redis](bus.md#connections).")
        Map<String, String> properties) {
  /** Each server for itself. */
  public static final ClusterSettings NONE = new ClusterSettings("", Map.of());

  public ClusterSettings {
    properties = Map.copyOf(properties);
  }

  public boolean isOn() {
    return !url.isEmpty();
  }
}

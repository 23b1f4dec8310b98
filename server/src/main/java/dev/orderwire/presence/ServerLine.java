package dev.orderwire.presence;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server says of itself.
 *
 * @param name its host and process, for people
 * @param connections how many it has
 */
record ServerLine(String id, String name, int connections) {
  String text() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", id)
        .put("name", name)
        .put("connections", connections)
        .toString();
  }

  static Optional<ServerLine> read(String text) {
    try {
      JsonNode json = JsonMapper.shared().readTree(text);
      String id = json.path("id").asString("");
      return id.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new ServerLine(
                  id, json.path("name").asString(id), json.path("connections").asInt(0)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  ClientPage.Server listed() {
    return new ClientPage.Server(id, name, connections);
  }
}

package dev.orderwire.presence;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one server tells another.
 *
 * <p>{@code from} is the id of the server that sends it, and {@code request} its number there.
 */
sealed interface Message {
  /** Asks to close connections. */
  record Ask(String from, long request, Kick kick) implements Message {}

  /** How many connections are being closed. */
  record Answer(String from, long request, int closed) implements Message {}

  String from();

  long request();

  default String text() {
    ObjectNode json =
        JsonMapper.shared().createObjectNode().put("from", from()).put("request", request());
    return switch (this) {
      case Ask(_, _, Kick.One(ConnectionId id)) -> json.put("connection", id.toString()).toString();
      case Ask(_, _, Kick.AllOf(String identity)) -> json.put("identity", identity).toString();
      case Answer(_, _, int closed) -> json.put("closed", closed).toString();
    };
  }

  /** Reads {@link #text}; empty if it is none that this version knows. */
  static Optional<Message> read(String text) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    String from = json.path("from").asString("");
    long request = json.path("request").asLong(0);
    if (json.path("closed").isInt()) {
      return Optional.of(new Answer(from, request, json.path("closed").intValue()));
    }
    if (json.path("identity").isString()) {
      return Optional.of(
          new Ask(from, request, new Kick.AllOf(json.path("identity").stringValue())));
    }
    return ConnectionId.of(json.path("connection").asString(""))
        .map(id -> new Ask(from, request, new Kick.One(id)));
  }
}

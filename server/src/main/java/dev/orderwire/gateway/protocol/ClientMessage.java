package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A request of a client. */
public sealed interface ClientMessage {
  /** The client's name for its request; null if it gave none. */
  @Nullable String ref();

  /**
   * Subscribes to a view.
   *
   * @param since the text of a position; null to begin now
   * @param pace the least time between two messages
   */
  record Subscribe(
      @Nullable String ref, ViewRequest view, boolean snapshot, @Nullable String since, Pace pace)
      implements ClientMessage {
    public Subscribe since(String other) {
      return new Subscribe(ref, view, snapshot, other, pace);
    }
  }

  record Unsubscribe(@Nullable String ref, String view) implements ClientMessage {}

  /**
   * Says who the client is.
   *
   * @param token a token, or an API key
   */
  record Auth(@Nullable String ref, String token) implements ClientMessage {}

  record Ping(@Nullable String ref) implements ClientMessage {}

  /** The ref of a message, even of an invalid one; null if it has none. */
  static @Nullable String refOf(JsonNode message) {
    JsonNode ref = message.get("ref");
    return ref != null && ref.isString() ? ref.stringValue() : null;
  }

  /**
   * Reads a message.
   *
   * @throws OrderwireException {@code bad_message}, {@code unknown_type}, {@code unknown_field} or
   *     {@code bad_conflate}
   */
  static ClientMessage of(JsonNode message) {
    if (!message.isObject()) {
      throw bad("a message must be a JSON object with a type, such as {\"type\":\"ping\"}");
    }
    String type = text(message, "type").orElseThrow(() -> bad("a message must have a type"));
    String ref = text(message, "ref").orElse(null);
    return switch (type) {
      case "subscribe" -> subscribe(message, ref);
      case "unsubscribe" -> {
        only(message, "view");
        yield new Unsubscribe(
            ref, text(message, "view").orElseThrow(() -> bad("unsubscribe must name its view")));
      }
      case "auth" -> {
        only(message, "token");
        yield new Auth(
            ref, text(message, "token").orElseThrow(() -> bad("auth must have a token")));
      }
      case "ping" -> {
        only(message);
        yield new Ping(ref);
      }
      default ->
          throw new OrderwireException(
              ErrorCode.UNKNOWN_TYPE,
              "type must be subscribe, unsubscribe, auth or ping, not '" + shortened(type) + "'");
    };
  }

  private static Subscribe subscribe(JsonNode message, @Nullable String ref) {
    only(message, "table", "role", "where", "columns", "snapshot", "since", "conflate");
    return new Subscribe(
        ref,
        new ViewRequest(
            text(message, "table").orElse(null),
            text(message, "role").orElse(null),
            () -> message.get("where"),
            columns(message)),
        flag(message, "snapshot"),
        text(message, "since").orElse(null),
        text(message, "conflate").map(Pace::of).orElse(Pace.AT_ONCE));
  }

  private static @Nullable List<String> columns(JsonNode message) {
    JsonNode columns = message.get("columns");
    if (columns == null || columns.isNull()) {
      return null;
    }
    if (!columns.isArray()) {
      throw bad("columns must be a list of names");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode column : columns) {
      if (!column.isString()) {
        throw bad("columns must be a list of names, but has " + shortened(column.toString()));
      }
      names.add(column.stringValue());
    }
    return names;
  }

  private static Optional<String> text(JsonNode message, String field) {
    JsonNode value = message.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw bad(field + " must be a string, not " + shortened(value.toString()));
    }
    return Optional.of(value.stringValue());
  }

  private static boolean flag(JsonNode message, String field) {
    JsonNode value = message.get(field);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw bad(field + " must be true or false, not " + shortened(value.toString()));
    }
    return value.booleanValue();
  }

  /** Refuses unknown fields: otherwise the client would not notice its mistake. */
  private static void only(JsonNode message, String... fields) {
    for (String field : message.propertyNames()) {
      if (!field.equals("type") && !field.equals("ref") && !Arrays.asList(fields).contains(field)) {
        throw new OrderwireException(
            ErrorCode.UNKNOWN_FIELD,
            "unknown field '"
                + shortened(field)
                + "'; the fields are type, ref"
                + (fields.length == 0 ? "" : ", " + String.join(", ", fields)));
      }
    }
  }

  private static OrderwireException bad(String message) {
    return new OrderwireException(ErrorCode.BAD_MESSAGE, message);
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}

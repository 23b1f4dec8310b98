package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.gateway.protocol.ViewRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The parameters of a URL: no duplicates, and none that is unknown. */
record Query(Map<String, List<String>> parameters) {
  /** The parameters of a subscription. */
  static final Set<String> OF_SUBSCRIPTION =
      Set.of("table", "role", "where", "columns", "snapshot", "since", "conflate", "token");

  /**
   * The parameters of a stream of events. An {@code EventSource} without headers of its own, such
   * as a polyfill, resumes by the last one.
   */
  static final Set<String> OF_EVENTS =
      Set.of(
          "table",
          "role",
          "where",
          "columns",
          "snapshot",
          "since",
          "conflate",
          "token",
          "lastEventId");

  /** The parameters of all other paths. */
  static final Set<String> NONE = Set.of("token");

  /**
   * @throws OrderwireException {@code bad_parameter}
   */
  static Query of(String uri, Set<String> known) {
    Map<String, List<String>> parameters;
    try {
      parameters = QueryStringDecoder.builder().semicolonIsNormalChar(true).build(uri).parameters();
    } catch (IllegalArgumentException e) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER,
          "the URL's parameters must be percent-encoded: " + e.getMessage(),
          e);
    }
    parameters.forEach((name, values) -> {
      if (!known.contains(name)) {
        throw new OrderwireException(
            ErrorCode.BAD_PARAMETER,
            "unknown parameter '" + name + "'; the parameters are " + new TreeSet<>(known));
      }
      if (values.size() > 1) {
        throw new OrderwireException(
            ErrorCode.BAD_PARAMETER, "the parameter '" + name + "' must not be repeated");
      }
    });
    return new Query(parameters);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
  }

  /** The view that the URL asks for. */
  ViewRequest view(@Nullable String table) {
    return new ViewRequest(table, get("role").orElse(null), this::where, columns());
  }

  private @Nullable JsonNode where() {
    return get("where").map(text -> Json.read("where", text)).orElse(null);
  }

  private @Nullable List<String> columns() {
    return get("columns").map(names -> List.of(names.split(",", -1))).orElse(null);
  }

  /**
   * The parameter {@code limit}.
   *
   * @param ofNone the value if the parameter is missing
   * @param most the highest value
   */
  int limit(int ofNone, int most) {
    String text = get("limit").orElse(String.valueOf(Math.min(ofNone, most)));
    if (!text.matches("[0-9]{1,9}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > most) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER,
          "limit must be a number from 1 to " + most + ", not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  /** The subscription of the URL. */
  ClientMessage.Subscribe subscribe() {
    return new ClientMessage.Subscribe(
        null,
        view(get("table").orElse(null)),
        snapshot(),
        get("since").orElse(null),
        get("conflate").map(Pace::of).orElse(Pace.AT_ONCE));
  }

  private boolean snapshot() {
    return switch (get("snapshot").orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new OrderwireException(ErrorCode.BAD_PARAMETER, "snapshot must be true or false");
    };
  }
}

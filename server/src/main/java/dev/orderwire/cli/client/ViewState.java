package dev.orderwire.cli.client;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client's state of one view: its position and the progress of a snapshot. Converts the server's
 * messages into lines, and creates the message that resumes the view. For one thread.
 */
final class ViewState {
  /** Numbers keep all their digits. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final Duration SILENCE_BEFORE_WELCOME = Duration.ofSeconds(30);

  private final Subscription subscription;
  private final Consumer<String> lines;

  private @Nullable String position;
  private Duration maxSilence = SILENCE_BEFORE_WELCOME;
  private List<String> key = List.of();
  private boolean subscribed;

  /** A snapshot comes before any changes, so there is no position to continue from yet. */
  private boolean awaitingSnapshot;

  /** Some rows of an unfinished snapshot have been handed out. */
  private boolean insideSnapshot;

  ViewState(Subscription subscription, Consumer<String> lines) {
    this.subscription = subscription;
    this.lines = lines;
    this.position = subscription.since();
    this.awaitingSnapshot = subscription.snapshot() && subscription.since() == null;
  }

  @Nullable String position() {
    return position;
  }

  boolean isSubscribed() {
    return subscribed;
  }

  /** Two and a half heartbeats: one may be late, and its answer lost. */
  Duration maxSilence() {
    return maxSilence;
  }

  /** Creates the message that subscribes, at first and after each loss of the connection. */
  String subscribe() {
    subscribed = false;
    ObjectNode message = JSON.createObjectNode().put("type", "subscribe").put("ref", "tail");
    if (subscription.table() != null) {
      message.put("table", subscription.table());
    }
    if (subscription.where() != null) {
      message.set("where", subscription.where());
    }
    if (awaitingSnapshot) {
      message.put("snapshot", true);
    } else if (position != null) {
      message.put("since", position);
    }
    return message.toString();
  }

  /**
   * Handles a message from the server.
   *
   * @return the end of the connection, if the server asks for a reconnect or if a retry may
   *     succeed; else null
   * @throws OrderwireException if the server does not have the view, or ends it
   */
  Follower.@Nullable Disconnect receive(String text) {
    JsonNode message = parsed(text);
    switch (message.path("type").asString("")) {
      case "welcome" ->
          maxSilence =
              Duration.ofMillis((long) (message.path("heartbeatSeconds").asDouble() * 2500));
      case "subscribed" -> subscribed(message);
      case "snapshot" -> snapshot(message);
      case "changes" -> {
        message.path("changes").forEach(change -> lines.accept(change.toString()));
        position = positionOf(message);
      }
      case "reset" -> {
        key = keyOf(message);
        reset(message.path("reason").asString());
      }
      case "position" -> {
        if (!awaitingSnapshot) {
          position = positionOf(message);
        }
      }
      case "reconnect" -> {
        return new Follower.Disconnect(
            "the server asked for a later reconnect",
            Duration.ofMillis(message.path("afterMillis").asLong()));
      }
      case "error" -> {
        ErrorCode code =
            ErrorCode.of(message.path("code").asString()).orElse(ErrorCode.REFUSED_BY_SERVER);
        String error = "the server says: " + message.path("message").asString();
        if (!code.retryable()) {
          throw new OrderwireException(code, error);
        }
        return new Follower.Disconnect(
            error, code == ErrorCode.OVER_LIMIT ? Follower.OVER_LIMIT_PAUSE : Duration.ZERO);
      }
      case "unsubscribed" ->
          throw new OrderwireException(
              ErrorCode.VIEW_ENDED, "the server ended this view without a reason; see its log");
      default -> {
        // A message of a later protocol version: clients ignore unknown types.
      }
    }
    return null;
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new OrderwireException(
          ErrorCode.NOT_THE_PROTOCOL,
          "the server's message is not JSON: is this Orderwire's address?",
          e);
    }
  }

  private static String positionOf(JsonNode message) {
    return message.path("position").asString();
  }

  private static List<String> keyOf(JsonNode message) {
    List<String> names = new ArrayList<>();
    message.path("key").forEach(name -> names.add(name.asString()));
    return names;
  }

  private void subscribed(JsonNode message) {
    subscribed = true;
    key = keyOf(message);
    // With since, missed changes are still on their way: the position stays until they arrive.
    if (!awaitingSnapshot && position == null) {
      position = positionOf(message);
    }
    if (insideSnapshot) {
      reset("connection");
    }
  }

  private void snapshot(JsonNode message) {
    for (JsonNode row : message.path("rows")) {
      insideSnapshot = true;
      lines.accept(asInsert(row));
    }
    if (message.path("done").asBoolean()) {
      insideSnapshot = false;
      awaitingSnapshot = false;
      position = positionOf(message);
    }
  }

  /** Formats a row of a snapshot as a change. */
  private String asInsert(JsonNode row) {
    ObjectNode keyCells = JSON.createObjectNode();
    key.forEach(name -> keyCells.set(name, row.path(name)));
    ObjectNode line = JSON.createObjectNode().putNull("id").put("op", "insert");
    line.set("key", keyCells);
    line.set("row", row);
    return line.putNull("old").putNull("at").put("snapshot", true).toString();
  }

  /** Declares all earlier lines void. A snapshot follows, perhaps with other columns. */
  private void reset(String reason) {
    awaitingSnapshot = true;
    insideSnapshot = false;
    position = null;
    lines.accept(JSON.createObjectNode().put("op", "reset").put("reason", reason).toString());
  }
}

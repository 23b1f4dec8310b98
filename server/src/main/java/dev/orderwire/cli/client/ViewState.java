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
 * What a client keeps of a view: where it stands. Turns the server's messages into lines, and says
 * how to subscribe again. For one thread.
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
  private Duration longestSilence = SILENCE_BEFORE_WELCOME;
  private List<String> key = List.of();
  private boolean subscribed;

  /** Rows are to come before changes do, so there is no position to go on from yet. */
  private boolean awaitsSnapshot;

  /** Rows of a snapshot that has not come to its end were handed out. */
  private boolean insideSnapshot;

  ViewState(Subscription subscription, Consumer<String> lines) {
    this.subscription = subscription;
    this.lines = lines;
    this.position = subscription.since();
    this.awaitsSnapshot = subscription.snapshot() && subscription.since() == null;
  }

  @Nullable String position() {
    return position;
  }

  boolean isSubscribed() {
    return subscribed;
  }

  /** Two heartbeats and a half: one may be late, and the answer to it be lost. */
  Duration longestSilence() {
    return longestSilence;
  }

  /** The message that subscribes, the first time and after each loss of the connection. */
  String subscribe() {
    subscribed = false;
    ObjectNode message = JSON.createObjectNode().put("type", "subscribe").put("ref", "tail");
    if (subscription.table() != null) {
      message.put("table", subscription.table());
    }
    if (subscription.where() != null) {
      message.set("where", subscription.where());
    }
    if (awaitsSnapshot) {
      message.put("snapshot", true);
    } else if (position != null) {
      message.put("since", position);
    }
    return message.toString();
  }

  /**
   * Takes a message of the server.
   *
   * @return how the connection ended, where the server asks for that; else null
   * @throws OrderwireException where the server has no such view, or no longer
   */
  Follower.@Nullable Lost take(String text) {
    JsonNode message = parsed(text);
    switch (message.path("type").asString("")) {
      case "welcome" ->
          longestSilence =
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
        if (!awaitsSnapshot) {
          position = positionOf(message);
        }
      }
      case "reconnect" -> {
        return new Follower.Lost(
            "the server asked to come back later",
            Duration.ofMillis(message.path("afterMillis").asLong()));
      }
      case "error" -> {
        ErrorCode code =
            ErrorCode.of(message.path("code").asString()).orElse(ErrorCode.REFUSED_BY_SERVER);
        String said = "the server says: " + message.path("message").asString();
        if (!code.retryable()) {
          throw new OrderwireException(code, said);
        }
        return new Follower.Lost(said, Duration.ZERO);
      }
      case "unsubscribed" ->
          throw new OrderwireException(
              ErrorCode.VIEW_ENDED, "the server ended this view without saying why: see its log");
      default -> {
        // A message of a later version: what a client does not know it may leave.
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
          "the server sent what is no JSON: is this Orderwire's address?",
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
    // With since, what was missed is still to come: the position stays until it has.
    if (!awaitsSnapshot && position == null) {
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
      awaitsSnapshot = false;
      position = positionOf(message);
    }
  }

  /** A row of a snapshot in the shape of a change. */
  private String asInsert(JsonNode row) {
    ObjectNode keyCells = JSON.createObjectNode();
    key.forEach(name -> keyCells.set(name, row.path(name)));
    ObjectNode line = JSON.createObjectNode().putNull("id").put("op", "insert");
    line.set("key", keyCells);
    line.set("row", row);
    return line.putNull("old").putNull("at").put("snapshot", true).toString();
  }

  /** All rows handed out so far are void: a snapshot follows, maybe with other columns. */
  private void reset(String reason) {
    awaitsSnapshot = true;
    insideSnapshot = false;
    position = null;
    lines.accept(JSON.createObjectNode().put("op", "reset").put("reason", reason).toString());
  }
}

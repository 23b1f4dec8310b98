package dev.orderwire.presence;

import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection, as administrators see it.
 *
 * @param identity who the client is; null if it has not said so, or need not
 * @param address of the client; null if its proxy does not tell it
 * @param transport {@code websocket} or {@code sse}
 * @param since when it was opened
 * @param views how many views it has of each table
 * @param lagMillis how old the oldest moment is that it has not taken yet; 0 if it has all; {@link
 *     #CATCHING_UP}
 */
public record ConnectedClient(
    ConnectionId id,
    @Nullable String identity,
    @Nullable String address,
    String transport,
    Instant since,
    Map<String, Integer> views,
    long lagMillis) {
  /** Instead of a lag: what the client lacks is being read from MySQL. */
  public static final long CATCHING_UP = -1;

  private static final JsonFactory WRITER = new JsonFactory();

  public ConnectedClient {
    views = Map.copyOf(views);
  }

  /** As {@link #read} takes it. */
  String text() {
    StringWriter text = new StringWriter(200);
    try (JsonGenerator json = WRITER.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      write(json, _ -> true);
      json.writeEndObject();
    }
    return text.toString();
  }

  /**
   * Writes its members.
   *
   * @param tables the tables whose views to show
   */
  public void write(JsonGenerator json, Predicate<String> tables) {
    json.writeStringProperty("id", id.toString());
    write(json, "identity", identity);
    write(json, "address", address);
    json.writeStringProperty("transport", transport);
    json.writeStringProperty("since", since.toString());
    json.writeName("views");
    json.writeStartObject();
    new TreeMap<>(views)
        .forEach((table, count) -> {
          if (tables.test(table)) {
            json.writeNumberProperty(table, count);
          }
        });
    json.writeEndObject();
    if (lagMillis == CATCHING_UP) {
      json.writeNullProperty("lagMillis");
    } else {
      json.writeNumberProperty("lagMillis", lagMillis);
    }
  }

  private static void write(JsonGenerator json, String name, @Nullable String value) {
    json.writeName(name);
    json.writeString(value);
  }

  /** Reads {@link #text}; empty if it is none. Members that it does not know are ignored. */
  static Optional<ConnectedClient> read(String text) {
    try {
      JsonNode json = JsonMapper.shared().readTree(text);
      Map<String, Integer> views = new TreeMap<>();
      json.path("views").forEachEntry((table, count) -> views.put(table, count.asInt(0)));
      return ConnectionId.of(json.path("id").asString(""))
          .map(id ->
              new ConnectedClient(
                  id,
                  json.path("identity").asString(null),
                  json.path("address").asString(null),
                  json.path("transport").asString(""),
                  Instant.parse(json.path("since").asString("")),
                  views,
                  json.path("lagMillis").asLong(CATCHING_UP)));
    } catch (JacksonException | DateTimeException e) {
      return Optional.empty();
    }
  }
}

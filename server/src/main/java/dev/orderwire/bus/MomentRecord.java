package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.Op;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.RowParsers;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.MysqlJson;
import dev.orderwire.tail.Upstream.Next.Step;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/**
 * A step as the body of a record: JSON in UTF-8, as docs/reference/bus.md describes it. Cells keep
 * MySQL's text: nothing is decoded and encoded again.
 */
final class MomentRecord {
  /** The version of the format. Readers refuse others. */
  static final int VERSION = 1;

  /**
   * What a record says.
   *
   * @param node the process that published it, for people
   */
  record Content(Step step, String node) {}

  private MomentRecord() {}

  static byte[] write(Step step, String node) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(512);
    try (JsonGenerator json =
        MysqlJson.FACTORY.createGenerator(ObjectWriteContext.empty(), body, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberProperty("v", VERSION);
      json.writeStringProperty("node", node);
      json.writeStringProperty("from", step.from().text(Integer.MAX_VALUE));
      json.writeStringProperty("to", step.to().text(Integer.MAX_VALUE));
      if (!step.complete()) {
        json.writeBooleanProperty("more", true);
      }
      if (!step.markers().isEmpty()) {
        json.writeName("markers");
        json.writeStartObject();
        step.markers().forEach(json::writeNumberProperty);
        json.writeEndObject();
      }
      if (!step.resets().isEmpty()) {
        json.writeName("resets");
        json.writeStartArray();
        step.resets().forEach(reset -> ChangeJson.write(json, reset));
        json.writeEndArray();
      }
      if (!step.changes().isEmpty()) {
        json.writeName("changes");
        json.writeStartArray();
        step.changes().forEach(change -> ChangeJson.write(json, change));
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    return body.toByteArray();
  }

  /**
   * Reads what {@link #write(Step, String)} has written.
   *
   * @param parsers of the rows
   * @throws IllegalArgumentException if it is anything else
   */
  static Content read(byte[] body, RowParsers parsers) {
    String text = new String(body, StandardCharsets.UTF_8);
    try (JsonParser json = MysqlJson.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return new Reader(json, text, parsers).content();
    } catch (JacksonException | DateTimeException e) {
      throw new IllegalArgumentException("a record is not one of Orderwire: " + e.getMessage(), e);
    }
  }

  /** Reads one record, member by member. */
  private record Reader(JsonParser json, String text, RowParsers parsers) {
    private interface Member {
      void read(String name);
    }

    Content content() {
      String[] node = {""};
      Map<String, Position> positions = new HashMap<>();
      Map<String, Long> markers = new HashMap<>();
      List<TableVersion> resets = new ArrayList<>();
      List<Change> changes = new ArrayList<>();
      boolean[] more = new boolean[1];
      json.nextToken();
      members(name -> {
        switch (name) {
          case "v" -> {
            if (json.getIntValue() != VERSION) {
              throw new IllegalArgumentException(
                  "a record has version %d, and this server reads version %d: update all servers"
                      .formatted(json.getIntValue(), VERSION));
            }
          }
          case "node" -> node[0] = json.getString();
          case "from", "to" ->
              positions.put(name, Position.parse(json.getString(), Integer.MAX_VALUE));
          case "more" -> more[0] = json.getBooleanValue();
          case "markers" -> members(table -> markers.put(table, json.getLongValue()));
          case "resets" -> items(() -> resets.add(reset()));
          case "changes" -> items(() -> changes.add(change()));
          default -> json.skipChildren();
        }
      });
      Step step =
          new Step(
              required("from", positions.get("from")),
              changes,
              resets,
              markers,
              required("to", positions.get("to")),
              !more[0]);
      return new Content(step, node[0]);
    }

    private static <T> T required(String name, @Nullable T value) {
      if (value == null) {
        throw new IllegalArgumentException("a record has no " + name);
      }
      return value;
    }

    private void members(Member member) {
      require(JsonToken.START_OBJECT);
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        member.read(name);
      }
    }

    private void items(Runnable item) {
      require(JsonToken.START_ARRAY);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        item.run();
      }
    }

    private void require(JsonToken token) {
      if (json.currentToken() != token) {
        throw new IllegalArgumentException(
            "a record has %s where %s is expected".formatted(json.currentToken(), token));
      }
    }

    private TableVersion reset() {
      long[] ids = new long[2];
      String[] table = new String[1];
      List<String> key = new ArrayList<>();
      List<Column> columns = new ArrayList<>();
      members(name -> {
        switch (name) {
          case "id" -> ids[0] = json.getLongValue();
          case "marker" -> ids[1] = json.getLongValue();
          case "table" -> table[0] = json.getString();
          case "key" -> items(() -> key.add(json.getString()));
          case "columns" -> items(() -> columns.add(column()));
          default -> json.skipChildren();
        }
      });
      return new TableVersion(new Table(required("table", table[0]), columns, key), ids[0], ids[1]);
    }

    private Column column() {
      Map<String, String> texts = new HashMap<>();
      members(name -> texts.put(name, json.getString()));
      return new Column(
          required("name", texts.get("name")),
          required("type", texts.get("type")),
          required("dataType", texts.get("dataType")),
          texts.getOrDefault("characterSet", ""));
    }

    private Change change() {
      long[] id = new long[1];
      Map<String, String> texts = new HashMap<>();
      members(name -> {
        switch (name) {
          case "id" -> id[0] = json.getLongValue();
          case "table", "op", "at", "actor" -> texts.put(name, json.getString());
          case "key", "before", "after" -> {
            String object = object();
            if (object != null) {
              texts.put(name, object);
            }
          }
          default -> json.skipChildren();
        }
      });
      String table = required("table", texts.get("table"));
      String before = texts.get("before");
      String after = texts.get("after");
      return new Change(
          id[0],
          table,
          Op.of(required("op", texts.get("op"))),
          parsers.key(table, required("key", texts.get("key"))),
          before == null ? null : parsers.row(table, before),
          after == null ? null : parsers.row(table, after),
          Instant.parse(required("at", texts.get("at"))),
          required("actor", texts.get("actor")));
    }

    /** The text of an object; null for JSON's null. */
    private @Nullable String object() {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return null;
      }
      require(JsonToken.START_OBJECT);
      int start = (int) json.currentTokenLocation().getCharOffset();
      json.skipChildren();
      return text.substring(start, (int) json.currentLocation().getCharOffset());
    }
  }
}

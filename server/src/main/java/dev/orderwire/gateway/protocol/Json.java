package dev.orderwire.gateway.protocol;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.UtcTime;
import dev.orderwire.view.ViewChange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes and reads JSON: no duplicate keys, no digit lost. */
public final class Json {
  private static final JsonFactory WRITER = new JsonFactory();

  private static final JsonMapper READER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** Writes to {@code to}, which is complete once the generator is closed. */
  public static JsonGenerator into(ByteBuf to) {
    OutputStream stream = new ByteBufOutputStream(to);
    return WRITER.createGenerator(ObjectWriteContext.empty(), stream);
  }

  /** A row; its cells are written as they came from MySQL. */
  public static void row(JsonGenerator json, @Nullable Row row) {
    if (row == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    row.forEach((column, value) -> {
      json.writeName(column);
      json.writeRawValue(value);
    });
    json.writeEndObject();
  }

  /** The approximate size of a row in bytes, for limits. */
  public static long sizeOf(@Nullable Row row) {
    return row == null ? 0 : row.length();
  }

  public static void columns(JsonGenerator json, List<Column> columns) {
    json.writeName("columns");
    json.writeStartArray();
    for (Column column : columns) {
      json.writeStartObject();
      json.writeStringProperty("name", column.name());
      json.writeStringProperty("type", column.type());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** A change as a view shows it. */
  public static void change(JsonGenerator json, ViewChange change, boolean withActor) {
    json.writeStartObject();
    if (change.id() == ViewChange.NONE) {
      json.writeNullProperty("id");
    } else {
      json.writeNumberProperty("id", change.id());
    }
    json.writeStringProperty("op", change.op().text());
    json.writeName("key");
    row(json, change.key().columns());
    json.writeName("row");
    row(json, change.row());
    json.writeName("old");
    row(json, change.hidden() ? null : change.old());
    json.writeStringProperty("at", UtcTime.text(change.at()));
    if (withActor) {
      json.writeName("actor");
      json.writeString(change.actor());
    }
    json.writeEndObject();
  }

  public static void strings(JsonGenerator json, String name, List<String> strings) {
    json.writeName(name);
    json.writeStartArray();
    strings.forEach(json::writeString);
    json.writeEndArray();
  }

  /**
   * Reads one JSON value.
   *
   * @param what the name of the text in error messages
   * @throws OrderwireException {@code bad_json}
   */
  public static JsonNode read(String what, String text) {
    try {
      JsonNode node = READER.readTree(text);
      if (!node.isMissingNode()) {
        return node;
      }
      throw new OrderwireException(ErrorCode.BAD_JSON, what + " must be JSON, but is empty");
    } catch (JacksonException e) {
      throw new OrderwireException(
          ErrorCode.BAD_JSON, what + " is not JSON: " + e.getOriginalMessage() + place(e), e);
    } catch (NumberFormatException e) {
      // Jackson throws it for an exponent of eleven digits.
      throw new OrderwireException(ErrorCode.BAD_JSON, what + " has a number that is too large", e);
    }
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null ? "" : " (column " + e.getLocation().getColumnNr() + ")";
  }
}

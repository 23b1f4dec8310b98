package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.Row;
import dev.orderwire.change.UtcTime;
import dev.orderwire.feed.TableVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Changes and tables in JSON, as docs/reference/bus.md describes it. Cells keep MySQL's text:
 * nothing is decoded and encoded again.
 */
final class ChangeJson {
  private ChangeJson() {}

  static void write(JsonGenerator json, TableVersion reset) {
    json.writeStartObject();
    json.writeNumberProperty("id", reset.resetId());
    if (reset.marker() > 0) {
      json.writeNumberProperty("marker", reset.marker());
    }
    writeShape(json, reset);
    json.writeEndObject();
  }

  /** The members {@code table}, {@code key} and {@code columns} of a table's version. */
  static void writeShape(JsonGenerator json, TableVersion reset) {
    json.writeStringProperty("table", reset.table().name());
    json.writeName("key");
    json.writeStartArray();
    reset.table().key().forEach(json::writeString);
    json.writeEndArray();
    json.writeName("columns");
    json.writeStartArray();
    for (Column column : reset.table().columns()) {
      json.writeStartObject();
      json.writeStringProperty("name", column.name());
      json.writeStringProperty("type", column.type());
      json.writeStringProperty("dataType", column.dataType());
      json.writeStringProperty("characterSet", column.characterSet());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void write(JsonGenerator json, Change change) {
    write(json, change, true);
  }

  /**
   * @param rows whether to write the rows before and after
   */
  static void write(JsonGenerator json, Change change, boolean rows) {
    json.writeStartObject();
    json.writeNumberProperty("id", change.id());
    json.writeStringProperty("table", change.table());
    json.writeStringProperty("op", change.op().text());
    write(json, "key", change.key().columns());
    if (rows) {
      write(json, "before", change.before());
      write(json, "after", change.after());
    } else {
      json.writeBooleanProperty("omitted", true);
    }
    json.writeStringProperty("at", UtcTime.text(change.at()));
    json.writeStringProperty("actor", change.actor());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, @Nullable Row row) {
    json.writeName(name);
    if (row == null) {
      json.writeNull();
    } else {
      write(json, row);
    }
  }

  static void write(JsonGenerator json, Row row) {
    json.writeStartObject();
    row.forEach((column, value) -> {
      json.writeName(column);
      json.writeRawValue(value);
    });
    json.writeEndObject();
  }
}

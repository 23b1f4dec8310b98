package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.MysqlJson;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** The records of {@link ChangeTopics}, as docs/reference/bus.md describes them. */
final class TopicRecords {
  /** Why a table must be read again. */
  enum Reason {
    /** It was altered, replaced or emptied, or a trigger could not log a row. */
    SCHEMA,

    /** The change log no longer has all changes since the position that was kept. */
    RETENTION,

    /** The change log is another one. */
    EPOCH
  }

  private TopicRecords() {}

  /**
   * A change.
   *
   * @param most the most bytes of key and body: beyond them the rows are left out
   */
  static ChangeTopics.Entry change(Change change, String position, int most) {
    byte[] key = json(json -> ChangeJson.write(json, change.key().columns()));
    byte[] body = json(json -> ChangeJson.write(json, change, true));
    if (key.length + body.length > most) {
      body = json(json -> ChangeJson.write(json, change, false));
    }
    return new ChangeTopics.Entry(change.table(), key, body, position);
  }

  /** A table must be read again. */
  static ChangeTopics.Entry reset(TableVersion version, Reason reason, String position) {
    byte[] body =
        json(json -> {
          json.writeStartObject();
          json.writeStringProperty("reset", reason.name().toLowerCase(Locale.ROOT));
          if (reason == Reason.SCHEMA && version.resetId() > 0) {
            json.writeNumberProperty("id", version.resetId());
          }
          ChangeJson.writeShape(json, version);
          json.writeEndObject();
        });
    return new ChangeTopics.Entry(version.table().name(), null, body, position);
  }

  private static byte[] json(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json =
        MysqlJson.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      content.accept(json);
    }
    return bytes.toByteArray();
  }
}

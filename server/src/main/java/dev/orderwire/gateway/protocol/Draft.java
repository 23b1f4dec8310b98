package dev.orderwire.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A message that is being written; it becomes a {@link Frame}, or is discarded. */
public final class Draft {
  private final String type;
  private final ByteBuf buffer;
  private final JsonGenerator json;

  public Draft(String type) {
    this.type = type;
    this.buffer = PooledByteBufAllocator.DEFAULT.directBuffer(1024).writeZero(Frame.HEADROOM);
    this.json = Json.into(buffer);
    json.writeStartObject();
    json.writeStringProperty("type", type);
  }

  /** Writes a whole message. */
  public static Frame frame(
      String type, @Nullable String position, Consumer<JsonGenerator> content) {
    Draft draft = new Draft(type);
    try {
      content.accept(draft.json);
      return draft.finish(position);
    } catch (RuntimeException | OutOfMemoryError e) {
      draft.discard();
      throw e;
    }
  }

  /** Writes the content of the message. */
  public JsonGenerator json() {
    return json;
  }

  /** The bytes written so far. */
  public int size() {
    return buffer.readableBytes() + json.streamWriteOutputBuffered();
  }

  /**
   * Ends the message.
   *
   * @param position the text of the position where a client that has seen this message can resume;
   *     null for none
   */
  public Frame finish(@Nullable String position) {
    if (position != null) {
      json.writeStringProperty("position", position);
    }
    json.writeEndObject();
    json.close();
    return new Frame(type, position, buffer);
  }

  public void discard() {
    buffer.release();
  }
}

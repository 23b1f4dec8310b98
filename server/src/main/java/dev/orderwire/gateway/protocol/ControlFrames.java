package dev.orderwire.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The WebSocket's control frames as the server sends them (RFC 6455, section 5.5). */
public final class ControlFrames {
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  private static final ByteBuf EMPTY_PING = shared((byte) PING, (byte) 0);
  private static final ByteBuf COMMENT = shared((byte) ':', (byte) '\n', (byte) '\n');

  private ControlFrames() {}

  private static ByteBuf shared(byte... bytes) {
    ByteBuf direct = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    return Unpooled.unreleasableBuffer(direct.asReadOnly());
  }

  public static ByteBuf ping() {
    return EMPTY_PING.duplicate();
  }

  /** A comment: the ping of server-sent events. */
  public static ByteBuf comment() {
    return COMMENT.duplicate();
  }

  /** Tells a client of server-sent events when to reconnect after the end of its stream. */
  public static ByteBuf retry(long millis) {
    return Unpooled.copiedBuffer("retry: " + millis + "\n\n", StandardCharsets.US_ASCII);
  }

  /**
   * The answer to a ping.
   *
   * @param payload the payload of the ping, at most 125 bytes; not released
   */
  public static ByteBuf pong(ByteBuf payload) {
    int length = payload.readableBytes();
    ByteBuf frame = Unpooled.directBuffer(2 + length);
    frame.writeByte(PONG).writeByte(length);
    return frame.writeBytes(payload, payload.readerIndex(), length);
  }

  public static ByteBuf close(CloseReason reason) {
    return close(reason.code(), reason.sentence());
  }

  /**
   * A close frame.
   *
   * @param code negative for none
   * @param sentence at most 123 bytes
   */
  public static ByteBuf close(int code, String sentence) {
    if (code < 0) {
      return Unpooled.directBuffer(2).writeByte(CLOSE).writeByte(0);
    }
    int length = 2 + ByteBufUtil.utf8Bytes(sentence);
    ByteBuf frame = Unpooled.directBuffer(2 + length);
    frame.writeByte(CLOSE).writeByte(length).writeShort(code);
    frame.writeCharSequence(sentence, StandardCharsets.UTF_8);
    return frame;
  }
}

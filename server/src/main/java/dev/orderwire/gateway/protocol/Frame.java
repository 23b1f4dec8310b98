package dev.orderwire.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message, encoded once for all its receivers: its JSON with the header of a WebSocket frame,
 * and on demand the compressed frame and the server-sent event. Reference-counted; a channel's
 * bytes outlive the frame.
 */
public final class Frame extends AbstractReferenceCounted {
  /** The bytes reserved before the JSON, for the longest header. */
  public static final int HEADROOM = 10;

  private static final int FINAL_TEXT = 0x81;
  private static final int FINAL_DEFLATED_TEXT = 0xc1;

  /** The type of messages with changes. */
  static final String CHANGES = "changes";

  /** The type of messages with the rows of a snapshot. */
  public static final String SNAPSHOT = "snapshot";

  /** The types of messages that clients share. */
  private static final Set<String> SHARED = Set.of(CHANGES, SNAPSHOT);

  /** Compression does not pay for shorter messages. */
  private static final int WORTH_DEFLATING = 256;

  private static final int LENGTH_OF_16_BITS = 126;
  private static final int LENGTH_OF_64_BITS = 127;

  private final String type;
  private final @Nullable String position;
  private final ByteBuf webSocket;
  private final int jsonLength;
  private @Nullable ByteBuf event;
  private @Nullable ByteBuf deflated;

  /**
   * @param position the text of the position to resume from after this message; null for none
   * @param buffer {@link #HEADROOM} bytes, then the JSON; the frame releases it
   */
  public Frame(String type, @Nullable String position, ByteBuf buffer) {
    this.type = type;
    this.position = position;
    this.jsonLength = buffer.readableBytes() - HEADROOM;
    this.webSocket = withHeader(FINAL_TEXT, buffer, jsonLength);
  }

  /** RFC 6455, section 5.2; a server's frames are not masked. */
  private static ByteBuf withHeader(int firstByte, ByteBuf buffer, int length) {
    int start;
    if (length < LENGTH_OF_16_BITS) {
      start = HEADROOM - 2;
      buffer.setByte(start + 1, length);
    } else if (length <= 0xffff) {
      start = HEADROOM - 4;
      buffer.setByte(start + 1, LENGTH_OF_16_BITS);
      buffer.setShort(start + 2, length);
    } else {
      start = HEADROOM - 10;
      buffer.setByte(start + 1, LENGTH_OF_64_BITS);
      buffer.setLong(start + 2, length);
    }
    buffer.setByte(start, firstByte);
    return buffer.readerIndex(start);
  }

  /** The bytes for one channel, which releases them. */
  public ByteBuf bytesFor(Form form) {
    return bytes(form).retainedDuplicate();
  }

  /** The bytes that all channels share. Callers must not change, release or keep them. */
  public ByteBuf bytes(Form form) {
    return switch (form) {
      case PLAIN -> webSocket;
      case DEFLATED -> deflated();
      case EVENT -> event();
    };
  }

  /** The size of the uncompressed WebSocket frame. */
  public int size() {
    return webSocket.readableBytes();
  }

  /** The bytes of memory that the frame takes. */
  public int footprint() {
    return webSocket.capacity();
  }

  /** The JSON alone, which the frame releases. */
  public ByteBuf json() {
    return webSocket.slice(webSocket.writerIndex() - jsonLength, jsonLength);
  }

  public @Nullable String position() {
    return position;
  }

  /** Compressed once for all clients. Messages for a single client are not worth the time. */
  private ByteBuf deflated() {
    if (jsonLength < WORTH_DEFLATING || !SHARED.contains(type)) {
      return webSocket;
    }
    synchronized (this) {
      if (deflated == null) {
        deflated = deflate();
      }
      return deflated;
    }
  }

  private ByteBuf deflate() {
    ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(HEADROOM + jsonLength);
    try {
      Deflate.deflate(json(), bytes.writeZero(HEADROOM));
    } catch (RuntimeException | OutOfMemoryError e) {
      bytes.release();
      throw e;
    }
    int length = bytes.readableBytes() - HEADROOM;
    if (length >= jsonLength) {
      bytes.release();
      return webSocket.retain();
    }
    return withHeader(FINAL_DEFLATED_TEXT, bytes, length);
  }

  private synchronized ByteBuf event() {
    if (event == null) {
      ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(jsonLength + 128);
      try {
        ByteBufUtil.writeAscii(bytes, "event: " + type + "\n");
        if (position != null) {
          ByteBufUtil.writeAscii(bytes, "id: " + position + "\n");
        }
        ByteBufUtil.writeAscii(bytes, "data: ");
        // Fails if the frame was released, as by a client that is gone.
        bytes.writeBytes(json());
        ByteBufUtil.writeAscii(bytes, "\n\n");
      } catch (RuntimeException | OutOfMemoryError e) {
        bytes.release();
        throw e;
      }
      event = bytes;
    }
    return event;
  }

  @Override
  public Frame retain() {
    super.retain();
    return this;
  }

  @Override
  protected void deallocate() {
    webSocket.release();
    synchronized (this) {
      if (event != null) {
        event.release();
      }
      if (deflated != null) {
        deflated.release();
      }
    }
  }

  @Override
  public ReferenceCounted touch(Object hint) {
    webSocket.touch(hint);
    return this;
  }
}

package dev.orderwire.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fragments of a WebSocket message so far. For the connection's event loop. */
final class Fragments {
  private final int mostBytes;
  private @Nullable ByteBuf joined;
  private boolean deflated;

  Fragments(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Whether a message has begun, and not ended. */
  boolean areExpected() {
    return joined != null;
  }

  /** Whether the message is compressed. */
  boolean areDeflated() {
    return deflated;
  }

  /** Adds the next fragment. Returns false, and drops all, if the message becomes too large. */
  boolean add(ByteBufAllocator allocator, WebSocketFrame frame) {
    ByteBuf all = joined;
    if (all == null) {
      all = allocator.buffer();
      joined = all;
      deflated = frame.rsv() == WebSocketHandler.DEFLATED;
    }
    if (all.readableBytes() + frame.content().readableBytes() > mostBytes) {
      drop();
      return false;
    }
    all.writeBytes(frame.content());
    return true;
  }

  /** The bytes of all fragments, until they are dropped. */
  ByteBuf joined() {
    return Objects.requireNonNull(joined);
  }

  void drop() {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }
}

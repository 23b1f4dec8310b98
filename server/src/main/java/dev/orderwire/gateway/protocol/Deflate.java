package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate (RFC 7692), always without context takeover: a message is then compressed once
 * for all who get it, and no connection has a window of its own. One compressor and one
 * decompressor for each thread.
 */
public final class Deflate {
  /** What is agreed to, whatever else was offered. */
  public static final String AGREED =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static final Pattern OFFER =
      Pattern.compile(
          "permessage-deflate"
              + "(; ?(server_no_context_takeover|client_no_context_takeover"
              + "|server_max_window_bits=\"?15\"?"
              + "|client_max_window_bits(=\"?([89]|1[0-5])\"?)?))*");

  /** Each message ends so before compression takes it away (RFC 7692, section 7.2.1). */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** Measured on messages of one change and of many: more work wins little. */
  private static final int LEVEL = 4;

  private static final int CHUNK = 8_192;

  private static final FastThreadLocal<Deflater> DEFLATER =
      new FastThreadLocal<>() {
        @Override
        protected Deflater initialValue() {
          return new Deflater(LEVEL, true);
        }

        @Override
        protected void onRemoval(Deflater deflater) {
          deflater.end();
        }
      };

  private static final FastThreadLocal<Inflater> INFLATER =
      new FastThreadLocal<>() {
        @Override
        protected Inflater initialValue() {
          return new Inflater(true);
        }

        @Override
        protected void onRemoval(Inflater inflater) {
          inflater.end();
        }
      };

  private Deflate() {}

  /**
   * Whether one of the offers can be agreed to. Not so one that wants a smaller window of the
   * server than there is.
   *
   * @param headers the values of {@code Sec-WebSocket-Extensions}
   */
  public static boolean isOffered(List<String> headers) {
    return headers.stream()
        .flatMap(each -> Arrays.stream(each.split(",")))
        .map(offer -> offer.strip().toLowerCase(Locale.ROOT).replaceAll("\\s*;\\s*", "; "))
        .anyMatch(offer -> OFFER.matcher(offer).matches());
  }

  /** Appends the compressed bytes to {@code to}; both stay the caller's. */
  public static void deflate(ByteBuf plain, ByteBuf to) {
    Deflater deflater = DEFLATER.get();
    deflater.reset();
    deflater.setInput(plain.nioBuffer());
    boolean more = true;
    while (more) {
      to.ensureWritable(CHUNK);
      ByteBuffer room = to.nioBuffer(to.writerIndex(), to.writableBytes());
      int written = deflater.deflate(room, Deflater.SYNC_FLUSH);
      to.writerIndex(to.writerIndex() + written);
      more = room.hasRemaining() ? false : written > 0;
    }
    to.writerIndex(to.writerIndex() - TAIL.length);
  }

  /**
   * Decompresses a message.
   *
   * @param most how many bytes it may become
   * @return for the caller to release; null where it is larger
   * @throws OrderwireException {@code bad_message} where it is not compressed so
   */
  public static @Nullable ByteBuf inflate(ByteBuf compressed, int most) {
    Inflater inflater = INFLATER.get();
    inflater.reset();
    ByteBuf plain = compressed.alloc().heapBuffer(Math.min(most, 4 * CHUNK));
    boolean whole = false;
    try {
      whole =
          inflate(inflater, compressed.nioBuffer(), plain, most)
              && inflate(inflater, ByteBuffer.wrap(TAIL), plain, most);
      return whole ? plain : null;
    } catch (DataFormatException e) {
      throw new OrderwireException(
          ErrorCode.BAD_MESSAGE, "a message is not compressed as it says", e);
    } finally {
      if (!whole) {
        plain.release();
      }
    }
  }

  /** Whether it found room. */
  private static boolean inflate(Inflater inflater, ByteBuffer input, ByteBuf to, int most)
      throws DataFormatException {
    inflater.setInput(input);
    while (true) {
      to.ensureWritable(1);
      int written =
          inflater.inflate(to.array(), to.arrayOffset() + to.writerIndex(), to.writableBytes());
      to.writerIndex(to.writerIndex() + written);
      if (to.readableBytes() > most) {
        return false;
      }
      if (written == 0) {
        return true;
      }
    }
  }
}

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
 * permessage-deflate (RFC 7692), always without context takeover, so that a message is compressed
 * once for all its receivers and connections need no window. Each thread has one compressor and one
 * decompressor.
 */
public final class Deflate {
  /** The server's answer to any acceptable offer. */
  public static final String AGREED =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static final Pattern OFFER =
      Pattern.compile(
          "permessage-deflate"
              + "(; ?(server_no_context_takeover|client_no_context_takeover"
              + "|server_max_window_bits=\"?15\"?"
              + "|client_max_window_bits(=\"?([89]|1[0-5])\"?)?))*");

  /** The end of compressed data, which messages leave out (RFC 7692, section 7.2.1). */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** By measurement, higher levels save little on messages of one change or of many. */
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
   * Whether the server can accept one of the offers. It cannot compress with a smaller window.
   *
   * @param headers the values of {@code Sec-WebSocket-Extensions}
   */
  public static boolean isOffered(List<String> headers) {
    return headers.stream()
        .flatMap(each -> Arrays.stream(each.split(",")))
        .map(offer -> offer.strip().toLowerCase(Locale.ROOT).replaceAll("\\s*;\\s*", "; "))
        .anyMatch(offer -> OFFER.matcher(offer).matches());
  }

  /** Appends the compressed bytes to {@code to}; releases neither. */
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
   * @param most the largest allowed size, in bytes
   * @return for the caller to release; null if the message is larger
   * @throws OrderwireException {@code bad_message} if the data is not valid
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
          ErrorCode.BAD_MESSAGE, "the compressed data of a message is invalid", e);
    } finally {
      if (!whole) {
        plain.release();
      }
    }
  }

  /** Appends the decompressed bytes; false if there are too many. */
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

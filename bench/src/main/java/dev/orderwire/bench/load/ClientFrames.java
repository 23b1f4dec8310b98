package dev.orderwire.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a client sends: the handshake's request, and frames (RFC 6455). */
public final class ClientFrames {
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;
  private static final int TEXT = 1;

  /** The first byte of a message in one frame. */
  public static final int LAST_TEXT = LAST | TEXT;

  private static final int PONG = 10;
  private static final int TWO_BYTES_OF_LENGTH = 126;
  private static final int EIGHT_BYTES_OF_LENGTH = 127;
  private static final int LONGEST_OF_TWO_BYTES = 0xffff;
  private static final int LONGEST_HEADER = 10;

  /** Zeros, which leave the payload as it is. Masks protect proxies, and there is none here. */
  private static final byte[] MASK = new byte[4];

  private ClientFrames() {}

  /**
   * @param explicit whether to ask for the subprotocol of clients that subscribe by message
   * @param token empty for none
   */
  static byte[] request(String authority, String pathAndQuery, boolean explicit, String token) {
    String request =
        """
        GET %s HTTP/1.1
        Host: %s
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        %s%s
        """
            .formatted(
                pathAndQuery,
                authority,
                token.isEmpty() ? "" : "Authorization: Bearer " + token + "\n",
                explicit ? "Sec-WebSocket-Protocol: orderwire.v1\n" : "");
    return request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  public static void text(ByteArrayOutputStream to, String text) {
    to.writeBytes(frame(LAST_TEXT, text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A frame of any kind.
   *
   * @param firstByte its flags and its opcode
   */
  public static byte[] frame(int firstByte, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(LONGEST_HEADER + MASK.length + payload.length);
    frame.put((byte) firstByte);
    if (payload.length < TWO_BYTES_OF_LENGTH) {
      frame.put((byte) (MASKED | payload.length));
    } else if (payload.length <= LONGEST_OF_TWO_BYTES) {
      frame.put((byte) (MASKED | TWO_BYTES_OF_LENGTH)).putShort((short) payload.length);
    } else {
      frame.put((byte) (MASKED | EIGHT_BYTES_OF_LENGTH)).putLong(payload.length);
    }
    frame.put(MASK).put(payload);
    return Arrays.copyOf(frame.array(), frame.position());
  }

  /** The answer to a ping with the payload at {@code at}. */
  static ByteBuffer pong(ByteBuffer bytes, int at, int length) {
    ByteBuffer pong = ByteBuffer.allocate(2 + MASK.length + length);
    pong.put((byte) (LAST | PONG)).put((byte) (MASKED | length)).put(MASK);
    return pong.put(bytes.slice(at, length)).flip();
  }
}

package dev.orderwire.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a client sends: the handshake's request, and short frames (RFC 6455). */
final class ClientFrames {
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;
  private static final int TEXT = 1;
  private static final int PONG = 10;
  private static final int TWO_BYTES_OF_LENGTH = 126;

  /** Zeros, which leave the payload as it is. Masks protect proxies, and there is none here. */
  private static final byte[] MASK = new byte[4];

  private ClientFrames() {}

  /**
   * @param explicit whether to ask for the subprotocol of clients that subscribe by message
   */
  static byte[] request(String authority, String pathAndQuery, boolean explicit) {
    String request =
        """
        GET %s HTTP/1.1
        Host: %s
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        %s
        """
            .formatted(
                pathAndQuery, authority, explicit ? "Sec-WebSocket-Protocol: orderwire.v1\n" : "");
    return request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  static void text(ByteArrayOutputStream to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.write(LAST | TEXT);
    if (bytes.length < TWO_BYTES_OF_LENGTH) {
      to.write(MASKED | bytes.length);
    } else {
      to.write(MASKED | TWO_BYTES_OF_LENGTH);
      to.write(bytes.length >> 8);
      to.write(bytes.length);
    }
    to.writeBytes(MASK);
    to.writeBytes(bytes);
  }

  /** The answer to a ping with the payload at {@code at}. */
  static ByteBuffer pong(ByteBuffer bytes, int at, int length) {
    ByteBuffer pong = ByteBuffer.allocate(2 + MASK.length + length);
    pong.put((byte) (LAST | PONG)).put((byte) (MASKED | length)).put(MASK);
    return pong.put(bytes.slice(at, length)).flip();
  }
}

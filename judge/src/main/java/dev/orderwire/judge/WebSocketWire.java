package dev.orderwire.judge;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A WebSocket (RFC 6455), as much of it as a client of this protocol needs. For one thread. */
final class WebSocketWire implements Wire {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;

  private final Socket socket;
  private final DataInputStream in;

  WebSocketWire(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = new DataInputStream(in);
  }

  /**
   * Connects.
   *
   * @param path with its query
   * @param explicit whether to subscribe by messages, not by the address
   */
  static WebSocketWire connect(
      int port, String path, boolean explicit, Duration longestSilence, int receiveBuffer)
      throws IOException {
    String headers =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (explicit ? "Sec-WebSocket-Protocol: orderwire.v1\r\n" : "");
    Socket socket = Wire.request(port, path, headers, longestSilence, receiveBuffer);
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4_096);
      HttpHead head = HttpHead.read(in);
      if (head.status() != 101) {
        throw new Ended(head.status(), head.body(in));
      }
      return new WebSocketWire(socket, in);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Heard next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      byte[] payload = payload(length(in.readUnsignedByte()));
      switch (first & 0x0f) {
        case PING -> write(PONG, payload);
        case PONG -> {}
        case CLOSE -> {
          throw new Ended(
              payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff),
              payload.length < 2
                  ? ""
                  : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
        }
        default -> {
          message.write(payload);
          if ((first & LAST) != 0) {
            return new Heard(message.toString(StandardCharsets.UTF_8), null);
          }
        }
      }
    }
  }

  /** A stream that ends inside a frame is a lost connection, and what came of it no message. */
  private byte[] payload(int length) throws IOException {
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException(
          "the stream ended in a frame, after %d of %d bytes".formatted(payload.length, length));
    }
    return payload;
  }

  private int length(int second) throws IOException {
    return switch (second & 0x7f) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> second & 0x7f;
    };
  }

  @Override
  public void send(String text) throws IOException {
    write(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** With a mask of zeros: a client must mask, and there is nothing to hide. */
  private void write(int kind, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 8);
    frame.write(LAST | kind);
    if (payload.length < 126) {
      frame.write(MASKED | payload.length);
    } else {
      frame.write(MASKED | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    socket.getOutputStream().write(frame.toByteArray());
  }

  @Override
  public void leave(boolean hard) {
    Wire.end(socket, hard);
  }
}

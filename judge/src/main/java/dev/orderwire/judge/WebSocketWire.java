package dev.orderwire.judge;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
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

  private WebSocketWire(Socket socket, DataInputStream in) {
    this.socket = socket;
    this.in = in;
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
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 4_096));
      int status = Wire.status(in);
      if (status != 101) {
        throw new Ended(status, new String(in.readNBytes(in.available()), StandardCharsets.UTF_8));
      }
      return new WebSocketWire(socket, in);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Heard next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      byte[] payload = in.readNBytes(length(in.readUnsignedByte()));
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

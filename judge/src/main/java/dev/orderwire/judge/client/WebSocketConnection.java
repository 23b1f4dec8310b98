package dev.orderwire.judge.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A WebSocket client (RFC 6455), as far as Orderwire's protocol needs it. For one thread. */
final class WebSocketConnection implements ClientConnection {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int NO_STATUS = 1005;

  private final Socket socket;
  private final DataInputStream in;

  WebSocketConnection(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = new DataInputStream(in);
  }

  /**
   * Connects.
   *
   * @param path with its query
   * @param explicit whether to subscribe by messages rather than by the URL
   */
  static WebSocketConnection connect(
      int port,
      String path,
      boolean explicit,
      Credential credential,
      Duration longestSilence,
      int receiveBuffer)
      throws IOException {
    String subprotocols = credential.subprotocols(explicit);
    String headers =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (subprotocols == null ? "" : "Sec-WebSocket-Protocol: " + subprotocols + "\r\n")
            + credential.header();
    Socket socket =
        ClientConnection.request(port, credential.in(path), headers, longestSilence, receiveBuffer);
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4_096);
      HttpHead head = HttpHead.read(in);
      if (head.status() != 101) {
        throw new ClosedByServer(head.status(), head.body(in));
      }
      return new WebSocketConnection(socket, in);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Message next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      byte[] payload = payload(length(in.readUnsignedByte()));
      switch (first & 0x0f) {
        case PING -> write(PONG, payload);
        case PONG -> {}
        case CLOSE -> throw closed(payload);
        default -> {
          message.write(payload);
          if ((first & FIN) != 0) {
            return new Message(message.toString(StandardCharsets.UTF_8), null);
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

  private byte[] payload(int length) throws IOException {
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException(
          "the stream ended inside a frame, after %d of %d bytes"
              .formatted(payload.length, length));
    }
    return payload;
  }

  private static ClosedByServer closed(byte[] payload) {
    return payload.length < 2
        ? new ClosedByServer(NO_STATUS, "")
        : new ClosedByServer(
            ((payload[0] & 0xff) << 8) | (payload[1] & 0xff),
            new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
  }

  @Override
  public void send(String text) throws IOException {
    write(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Clients must mask their frames; a mask of zeros leaves the payload as it is. */
  private void write(int opcode, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 8);
    frame.write(FIN | opcode);
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
  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void disconnect(boolean reset) {
    ClientConnection.close(socket, reset);
  }
}

package dev.orderwire.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bare TCP connection. It sends exactly what a test wants and reads only on request, so a test
 * can do what no well-behaved client does. As a WebSocket it does not answer pings.
 */
public final class RawSocket implements AutoCloseable {
  /**
   * A WebSocket frame.
   *
   * @param text the payload as text, decompressed
   * @param closeCode the code of a close frame; 0 for other frames
   * @param deflated whether the payload was compressed (RFC 7692)
   * @param length the length of the payload in bytes, before decompression
   */
  public record WsFrame(int opcode, String text, int closeCode, boolean deflated, int length) {
    public static final int TEXT = 1;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final Socket socket;
  private final DataInputStream in;

  private RawSocket(InetSocketAddress address, int receiveBuffer, @Nullable SSLContext tls)
      throws IOException {
    this(new Socket(), address, receiveBuffer, tls);
  }

  private RawSocket(
      Socket plain, InetSocketAddress address, int receiveBuffer, @Nullable SSLContext tls)
      throws IOException {
    if (receiveBuffer > 0) {
      plain.setReceiveBufferSize(receiveBuffer);
    }
    plain.connect(address, (int) Await.LONGEST.toMillis());
    plain.setSoTimeout((int) Await.LONGEST.toMillis());
    socket =
        tls == null
            ? plain
            : tls.getSocketFactory().createSocket(plain, "localhost", address.getPort(), true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1024));
  }

  public static RawSocket connect(InetSocketAddress address) {
    return connect(address, 0);
  }

  /**
   * Connects.
   *
   * @param receiveBuffer about how many bytes the kernel buffers while the test does not read; 0
   *     for the default
   */
  public static RawSocket connect(InetSocketAddress address, int receiveBuffer) {
    try {
      return new RawSocket(address, receiveBuffer, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects from an address of this machine, such as 127.0.0.2. */
  public static RawSocket connectFrom(String local, InetSocketAddress address) {
    return connectFrom(local, address, null);
  }

  /** As {@link #connectFrom(String, InetSocketAddress)}, by TLS if it is not null. */
  public static RawSocket connectFrom(
      String local, InetSocketAddress address, @Nullable SSLContext tls) {
    try {
      Socket plain = new Socket();
      plain.bind(new InetSocketAddress(local, 0));
      return new RawSocket(plain, address, 0, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects by TLS. The handshake begins with the first bytes that are sent or read. */
  public static RawSocket connect(InetSocketAddress address, int receiveBuffer, SSLContext tls) {
    try {
      return new RawSocket(address, receiveBuffer, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requests a WebSocket and reads the head of the response. */
  public RawSocket upgrade(String path, String... headers) {
    return upgradeBy(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade"
            + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + String.join("", Arrays.stream(headers).map(each -> each + "\r\n").toList())
            + "\r\n");
  }

  /** Sends the request of a WebSocket's handshake, which must be accepted. */
  public RawSocket upgradeBy(String request) {
    send(request);
    String head = readHead();
    if (!head.startsWith("HTTP/1.1 101")) {
      throw new AssertionError(head);
    }
    return this;
  }

  public void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  public void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a masked frame whose header claims this length. */
  public void sendFrame(int firstByte, byte[] payload, long claimedLength) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (claimedLength < 126) {
      frame.write(0x80 | (int) claimedLength);
    } else if (claimedLength < 65_536) {
      frame.write(0x80 | 126);
      frame.write((int) (claimedLength >>> 8));
      frame.write((int) claimedLength);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) (claimedLength >>> shift));
      }
    }
    // A mask of zeros leaves the payload as it is.
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    send(frame.toByteArray());
  }

  public void sendFrame(int firstByte, byte[] payload) {
    sendFrame(firstByte, payload, payload.length);
  }

  /** Reads the head of an HTTP response. */
  public String readHead() {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) read());
    }
    return head.toString();
  }

  /** Reads an HTTP response: its head, and a body of the length that the head gives. */
  public String readAnswer() {
    String head = readHead();
    int length = 0;
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
        length = Integer.parseInt(line.substring("content-length: ".length()));
      }
    }
    try {
      return head + new String(readExactly(length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server sends something within this time. Nothing is taken. */
  public boolean isAnswered(Duration within) {
    try {
      socket.setSoTimeout((int) within.toMillis());
      in.mark(1);
      int first = in.read();
      in.reset();
      socket.setSoTimeout((int) Await.LONGEST.toMillis());
      return first >= 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] readExactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException(
          "the stream ended after %d of %d bytes".formatted(bytes.length, length));
    }
    return bytes;
  }

  private int read() {
    try {
      return in.readUnsignedByte();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one frame. */
  public WsFrame readFrame() {
    try {
      int first = in.readUnsignedByte();
      int opcode = first & 0x0f;
      boolean deflated = (first & 0x40) != 0;
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = readExactly(Math.toIntExact(length));
      int code =
          opcode == WsFrame.CLOSE && length > 1
              ? ((payload[0] & 0xff) << 8) | (payload[1] & 0xff)
              : 0;
      byte[] text = deflated ? inflate(payload) : payload;
      return new WsFrame(
          opcode, new String(text, StandardCharsets.UTF_8), code, deflated, payload.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Restores the four bytes that the sender removes from the end of a compressed message. */
  private static byte[] inflate(byte[] payload) throws IOException {
    byte[] whole = Arrays.copyOf(payload, payload.length + 4);
    whole[payload.length + 2] = (byte) 0xff;
    whole[payload.length + 3] = (byte) 0xff;
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(whole);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] part = new byte[8_192];
      for (int read = inflater.inflate(part); read > 0; read = inflater.inflate(part)) {
        text.write(part, 0, read);
      }
      return text.toByteArray();
    } catch (DataFormatException e) {
      throw new IOException(e);
    } finally {
      inflater.end();
    }
  }

  /** Reads the next text frame; skips other frames. */
  public JsonNode readMessage() {
    WsFrame frame = readFrame();
    while (frame.opcode() != WsFrame.TEXT) {
      if (frame.opcode() == WsFrame.CLOSE) {
        throw new AssertionError("closed: " + frame.closeCode());
      }
      frame = readFrame();
    }
    return JSON.readTree(frame.text());
  }

  /** Reads up to the close frame, and returns its code. */
  public int readCloseCode() {
    WsFrame frame = readFrame();
    while (frame.opcode() != WsFrame.CLOSE) {
      frame = readFrame();
    }
    return frame.closeCode();
  }

  /** Reads until the server ends the connection in order. */
  public String readToEnd() {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads until the server ends the connection, in order or not; returns false where it does not.
   */
  public boolean awaitEnd() {
    try {
      while (in.read() >= 0) {
        // Skip the bytes in transit.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Ends the connection, and waits until the server has ended it too. */
  public void leave() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitEnd();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

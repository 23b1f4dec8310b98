package dev.orderwire.bench.hostile;

import dev.orderwire.bench.load.ClientFrames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection that sends whatever it is told to, and reads what the server answers. For one
 * thread, except {@link #close}.
 */
final class HostileSocket implements AutoCloseable {
  /** The server left the connection open. */
  static final String OPEN = "left open";

  /** The server ended the connection, or did not take it, without a word. */
  static final String CUT_OFF = "cut off";

  private static final int ANSWERS_WITHIN_MILLIS = 2_000;
  private static final int CONNECTS_WITHIN_MILLIS = 5_000;
  private static final int CLOSE = 8;
  private static final int TEXT = 1;
  private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");
  private static final Pattern REFUSAL = Pattern.compile("HTTP [45].*|close .*|error .*|cut off");

  private final Socket socket;
  private final DataInputStream in;
  private final InetSocketAddress server;
  private final InetAddress source;

  private HostileSocket(Socket socket, InetSocketAddress server, InetAddress source)
      throws IOException {
    this.socket = socket;
    this.server = server;
    this.source = source;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1_024));
  }

  static HostileSocket connect(InetSocketAddress server, InetSocketAddress source)
      throws IOException {
    Socket socket = new Socket();
    try {
      // A stalled reader then stalls the server soon.
      socket.setReceiveBufferSize(4_096);
      // Closing then leaves no port in TIME_WAIT.
      socket.setSoLinger(true, 0);
      socket.setTcpNoDelay(true);
      socket.bind(source);
      socket.connect(server, CONNECTS_WITHIN_MILLIS);
      return new HostileSocket(socket, server, source.getAddress());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static boolean isRefusal(String answer) {
    return REFUSAL.matcher(answer).matches();
  }

  /** Another connection from the same address, also after this one was closed. */
  HostileSocket another() throws IOException {
    return connect(server, new InetSocketAddress(source, 0));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a request, with further header lines that each end with CRLF. */
  void request(String pathAndQuery, String token, String headers) throws IOException {
    send(
        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n%s\r\n"
            .formatted(pathAndQuery, token, headers));
  }

  /**
   * Opens a WebSocket, by the subprotocol of explicit subscriptions.
   *
   * @param headers further header lines that each end with CRLF
   * @return empty if it is open, otherwise what the server answered
   */
  String upgrade(String token, String headers) throws IOException {
    send(
        """
        GET /ws HTTP/1.1\r
        Host: localhost\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Protocol: orderwire.v1\r
        Authorization: Bearer %s\r
        %s\r
        """
            .formatted(token, headers));
    String status = status(ANSWERS_WITHIN_MILLIS);
    return status.equals("HTTP 101") ? "" : status;
  }

  /** Sends a masked frame. */
  void frame(int firstByte, byte[] payload) throws IOException {
    send(ClientFrames.frame(firstByte, payload));
  }

  void text(String text) throws IOException {
    frame(ClientFrames.LAST_TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a little at a time, until the server ends the connection. */
  String drip(String each, Duration between) throws IOException {
    while (true) {
      send(each);
      LockSupport.parkNanos(between.toNanos());
      if (Thread.interrupted()) {
        return OPEN;
      }
    }
  }

  /** Waits for the answer to a request, and reads it to its end. */
  String answer() throws IOException {
    String status = status(ANSWERS_WITHIN_MILLIS);
    byte[] part = new byte[8_192];
    while (in.read(part) >= 0) {
      // The rest of the answer.
    }
    return status;
  }

  /** Waits until the server answers or ends the connection, however long that takes. */
  String answerAtLast() throws IOException {
    return status(0);
  }

  /** Waits, and reads nothing. */
  String stall() {
    while (!Thread.currentThread().isInterrupted() && !socket.isClosed()) {
      LockSupport.park();
    }
    return OPEN;
  }

  private String status(int withinMillis) throws IOException {
    socket.setSoTimeout(withinMillis);
    try {
      String first = line();
      while (!line().isEmpty()) {
        // The headers.
      }
      return "HTTP " + first.split(" ", 3)[1];
    } catch (SocketTimeoutException e) {
      return OPEN;
    } catch (EOFException e) {
      return CUT_OFF;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readByte(); next != '\n'; next = in.readByte()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /**
   * Reads frames until the server closes the WebSocket, at most for a moment. The close code tells
   * most; otherwise the last error, or how many messages there were.
   */
  String reaction() throws IOException {
    socket.setSoTimeout(ANSWERS_WITHIN_MILLIS / 2);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWERS_WITHIN_MILLIS);
    String found = OPEN;
    try {
      while (System.nanoTime() < end) {
        int opcode = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte();
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = Math.toIntExact(in.readLong());
        }
        byte[] payload = in.readNBytes(length);
        if (opcode == CLOSE && length > 1) {
          return "close " + (((payload[0] & 0xff) << 8) | (payload[1] & 0xff));
        }
        Matcher code = CODE.matcher(new String(payload, StandardCharsets.UTF_8));
        if (opcode == TEXT && code.find()) {
          found = "error " + code.group(1);
        }
      }
      return found;
    } catch (SocketTimeoutException e) {
      return found;
    } catch (EOFException e) {
      return CUT_OFF;
    }
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

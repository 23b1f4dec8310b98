package dev.orderwire.judge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection to a server, read by blocking and not ahead: who reads slowly is sent slowly. */
interface Wire extends AutoCloseable {
  /**
   * A message.
   *
   * @param id what a browser would resume from, over server-sent events; null where it has none
   */
  record Heard(String text, @Nullable String id) {}

  /** The server ended the connection, or refused it, and said why. */
  final class Ended extends IOException {
    private final int code;

    Ended(int code, String reason) {
      super(code + " " + reason);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * The next message.
   *
   * @throws IOException where the connection is lost, or nothing was heard for too long
   */
  Heard next() throws IOException;

  void send(String text) throws IOException;

  /**
   * Leaves, without a word.
   *
   * @param hard whether the network breaks too, so that what is under way is lost
   */
  void leave(boolean hard);

  @Override
  default void close() {
    leave(false);
  }

  /**
   * A socket to a server, with the request for an address sent.
   *
   * @param receiveBuffer in bytes: how much the network may hold for a slow reader
   */
  static Socket request(
      int port, String path, String headers, Duration longestSilence, int receiveBuffer)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(receiveBuffer);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) longestSilence.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n"
                  .formatted(path, port, headers)
                  .getBytes(StandardCharsets.US_ASCII));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static void end(Socket socket, boolean hard) {
    try {
      if (hard) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}

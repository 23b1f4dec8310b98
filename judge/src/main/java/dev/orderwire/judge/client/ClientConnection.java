package dev.orderwire.judge.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a server. It reads blocking and not ahead, so that a slow reader slows
 * the server down. A stream that ends inside a message, a response or an event is a lost
 * connection: an {@link IOException} other than {@link ClosedByServer}.
 */
interface ClientConnection extends AutoCloseable {
  /**
   * A message.
   *
   * @param id the id of the server-sent event, which a browser would resume from; null for none
   */
  record Message(String text, @Nullable String id) {}

  /** The server closed or refused the connection, and gave a reason. */
  final class ClosedByServer extends IOException {
    private final int code;

    /**
     * @param code an HTTP status or a WebSocket close code; 0 for the end of an event stream
     */
    ClosedByServer(int code, String reason) {
      super(code + " " + reason);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * Reads the next message.
   *
   * @throws ClosedByServer where the server closed the connection in order
   * @throws IOException where the connection is lost, or silent for too long
   */
  Message next() throws IOException;

  void send(String text) throws IOException;

  /** The client's own port, by which the log of a balancer names the connection. */
  int localPort();

  /**
   * Closes the socket without a close frame.
   *
   * @param reset whether to send RST, which loses the bytes in transit, rather than FIN
   */
  void disconnect(boolean reset);

  @Override
  default void close() {
    disconnect(false);
  }

  /**
   * Opens a socket and sends an HTTP request.
   *
   * @param receiveBuffer in bytes: how much the kernel buffers for a slow reader
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

  static void close(Socket socket, boolean reset) {
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // The connection is gone either way.
    }
  }
}

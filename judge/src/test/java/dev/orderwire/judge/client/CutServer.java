package dev.orderwire.judge.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A server that dies while it responds: it sends a part of its response, and ends the connection.
 */
final class CutServer implements Endpoint, AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private volatile byte[] webSocket = {};
  private volatile byte[] events = {};
  private volatile boolean reset;

  CutServer() throws IOException {
    Thread.ofVirtual().start(this::serve);
  }

  @Override
  public int port() {
    return listener.getLocalPort();
  }

  /** Sets the response to all requests: the first {@code length} bytes. */
  void respond(byte[] bytes, int length) {
    respond(bytes, bytes, length, false);
  }

  /**
   * Sets the responses: the first {@code length} bytes.
   *
   * @param webSocket the response to requests for {@code /ws}
   * @param events the response to requests for {@code /events}
   * @param reset whether to end the connection with RST, which may overtake the bytes, rather than
   *     FIN
   */
  void respond(byte[] webSocket, byte[] events, int length, boolean reset) {
    this.webSocket = Arrays.copyOf(webSocket, Math.min(length, webSocket.length));
    this.events = Arrays.copyOf(events, Math.min(length, events.length));
    this.reset = reset;
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        serve(client);
      } catch (IOException e) {
        // The client left, or the test is over.
      }
    }
  }

  private void serve(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    boolean isSse = readRequest(in).startsWith("GET /events");
    client.getOutputStream().write(isSse ? events : webSocket);
    if (reset) {
      client.setSoLinger(true, 0);
    } else {
      client.shutdownOutput();
      // A socket that is closed with unread bytes sends RST.
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static String readRequest(InputStream in) throws IOException {
    String requestLine = Lines.read(in);
    while (!Lines.read(in).isEmpty()) {
      // Skip the headers.
    }
    return requestLine;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

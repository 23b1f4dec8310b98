package dev.orderwire.judge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A server that dies while it answers: each connection gets the same bytes, up to a cut. */
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

  /** Answers every request with the first {@code length} bytes, and ends the connection. */
  void answer(byte[] bytes, int length) {
    answer(bytes, bytes, length, false);
  }

  /**
   * Answers with the first {@code length} bytes, and ends the connection.
   *
   * @param webSocket for requests of {@code /ws}
   * @param events for requests of {@code /events}
   * @param reset whether it ends with RST, which may overtake the bytes, and not with FIN
   */
  void answer(byte[] webSocket, byte[] events, int length, boolean reset) {
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
      // Closed with unread bytes, a socket would send RST.
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static String readRequest(InputStream in) throws IOException {
    String requestLine = Lines.read(in);
    while (!Lines.read(in).isEmpty()) {
      // The headers do not matter here.
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

package dev.orderwire.judge.client;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client of server-sent events, which reads them as a browser does. For one thread. */
final class SseConnection implements ClientConnection {
  private final Socket socket;
  private final InputStream in;

  SseConnection(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = in;
  }

  /**
   * Connects.
   *
   * @param path with its query
   * @param lastEventId null for none
   */
  static SseConnection connect(
      int port,
      String path,
      @Nullable String lastEventId,
      Credential credential,
      Duration longestSilence,
      int receiveBuffer)
      throws IOException {
    String headers =
        (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + credential.header();
    Socket socket =
        ClientConnection.request(port, credential.in(path), headers, longestSilence, receiveBuffer);
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4_096);
      HttpHead head = HttpHead.read(in);
      if (head.status() != 200) {
        throw new ClosedByServer(head.status(), head.body(in));
      }
      return new SseConnection(socket, in);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Where a server would close a WebSocket, it ends the stream between two events. */
  @Override
  public Message next() throws IOException {
    while (true) {
      if (isAtEnd()) {
        throw new ClosedByServer(0, "the stream ended");
      }
      Message event = event();
      if (event != null) {
        return event;
      }
    }
  }

  private boolean isAtEnd() throws IOException {
    in.mark(1);
    boolean end = in.read() < 0;
    in.reset();
    return end;
  }

  /**
   * Reads up to the next empty line, which completes an event. Returns null for an event without
   * data.
   *
   * @throws EOFException where the stream ends before that line
   */
  private @Nullable Message event() throws IOException {
    String id = null;
    String data = null;
    for (String line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
    }
    return data == null ? null : new Message(data, id);
  }

  @Override
  public void send(String text) {
    throw new UnsupportedOperationException("a client of server-sent events cannot send messages");
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

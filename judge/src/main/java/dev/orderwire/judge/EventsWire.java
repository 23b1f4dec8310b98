package dev.orderwire.judge;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Server-sent events, read as a browser reads them. For one thread. */
final class EventsWire implements Wire {
  private final Socket socket;
  private final InputStream in;

  EventsWire(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = in;
  }

  /**
   * Connects.
   *
   * @param path with its query
   * @param lastEventId null for none
   */
  static EventsWire connect(
      int port,
      String path,
      @Nullable String lastEventId,
      Duration longestSilence,
      int receiveBuffer)
      throws IOException {
    String headers = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
    Socket socket = Wire.request(port, path, headers, longestSilence, receiveBuffer);
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4_096);
      HttpHead head = HttpHead.read(in);
      if (head.status() != 200) {
        throw new Ended(head.status(), head.body(in));
      }
      return new EventsWire(socket, in);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Heard next() throws IOException {
    while (true) {
      if (isAtEnd()) {
        throw new Ended(0, "the stream ended");
      }
      Heard event = event();
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
   * Reads up to the next empty line: only with it an event is complete. Null where there is no data
   * before it.
   *
   * @throws EOFException where the stream ends before it: the connection is lost
   */
  private @Nullable Heard event() throws IOException {
    String id = null;
    String data = null;
    for (String line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
    }
    return data == null ? null : new Heard(data, id);
  }

  @Override
  public void send(String text) {
    throw new UnsupportedOperationException("nothing can be said over server-sent events");
  }

  @Override
  public void leave(boolean hard) {
    Wire.end(socket, hard);
  }
}

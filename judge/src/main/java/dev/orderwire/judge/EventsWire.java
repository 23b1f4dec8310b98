package dev.orderwire.judge;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** ServerInfo-sent events, read as a browser reads them. For one thread. */
final class EventsWire implements Wire {
  private final Socket socket;
  private final InputStream in;

  private EventsWire(Socket socket, InputStream in) {
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
      int status = Wire.status(in);
      if (status != 200) {
        throw new Ended(status, new String(in.readNBytes(in.available()), StandardCharsets.UTF_8));
      }
      return new EventsWire(socket, in);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Heard next() throws IOException {
    String id = null;
    String data = null;
    while (true) {
      String line = line();
      if (line.isEmpty() && data != null) {
        return new Heard(data, id);
      }
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new Ended(0, "the stream ended");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
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

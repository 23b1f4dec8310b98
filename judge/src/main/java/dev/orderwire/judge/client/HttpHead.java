package dev.orderwire.judge.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The status line and headers of an HTTP response.
 *
 * @param length the body's length in bytes; -1 where the body ends with the stream
 */
record HttpHead(int status, int length) {
  private static final String CONTENT_LENGTH = "content-length:";

  /**
   * Reads up to the empty line.
   *
   * @throws EOFException where the stream ends before it
   */
  static HttpHead read(InputStream in) throws IOException {
    String statusLine = Lines.read(in);
    if (!statusLine.matches("HTTP/1\\.[01] [0-9]{3}( .*)?")) {
      throw new IllegalStateException("not an HTTP status line: " + statusLine);
    }
    int length = -1;
    for (String header = Lines.read(in); !header.isEmpty(); header = Lines.read(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith(CONTENT_LENGTH)) {
        length = Integer.parseInt(header.substring(CONTENT_LENGTH.length()).strip());
      }
    }
    return new HttpHead(Integer.parseInt(statusLine.substring(9, 12)), length);
  }

  /**
   * Reads the whole body.
   *
   * @throws EOFException where the stream ends before it does
   */
  String body(InputStream in) throws IOException {
    byte[] body = length < 0 ? in.readAllBytes() : in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException(
          "the stream ended inside a body, after %d of %d bytes".formatted(body.length, length));
    }
    return new String(body, StandardCharsets.UTF_8);
  }
}

package dev.orderwire.judge.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads lines that end with LF or CRLF. */
public final class Lines {
  private Lines() {}

  /**
   * Reads the next line, in UTF-8 and without its end.
   *
   * @throws EOFException where the stream ends before the line does
   */
  public static String read(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the stream ended inside a line, after " + line.size() + " bytes");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}

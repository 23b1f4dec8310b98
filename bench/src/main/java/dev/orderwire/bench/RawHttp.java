package dev.orderwire.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** As much of HTTP/1.1 as it takes to ask on a socket that counts. */
final class RawHttp {
  /** The beginning of an answer; the names of its headers are in lower case. */
  record Answer(int status, Map<String, String> headers) {
    Answer {
      headers = Map.copyOf(headers);
    }

    /** Empty where it is not there. */
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private RawHttp() {}

  /**
   * Asks with the headers of a browser, which are a part of what polling costs.
   *
   * @param moreHeaders each ends with a newline
   */
  static Answer get(CountedSocket socket, URI server, String path, String moreHeaders)
      throws IOException {
    String request =
        """
        GET %s HTTP/1.1
        Host: %s
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
        Accept: */*
        Accept-Language: en-US,en;q=0.5
        %s
        """
            .formatted(path, server.getAuthority(), moreHeaders);
    socket.send(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    int status = Integer.parseInt(line(socket).split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Answer(status, headers);
  }

  /** The answer's body, compressed where the answer says so. */
  static byte[] body(CountedSocket socket, Answer answer) throws IOException {
    if (!answer.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return socket.read(Integer.parseInt(answer.header("content-length")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunk(socket); size > 0; size = chunk(socket)) {
      body.write(socket.read(size));
      line(socket);
    }
    line(socket);
    return body.toByteArray();
  }

  private static int chunk(CountedSocket socket) throws IOException {
    return Integer.parseInt(line(socket).split(";", 2)[0].strip(), 16);
  }

  private static String line(CountedSocket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.read(); next != '\n'; next = socket.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }
}

package dev.orderwire.bench.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** As much of HTTP/1.1 as requests on a {@link CountingSocket} need. */
final class RawHttp {
  /** Status and headers of a response. The names of headers are in lower case. */
  record Response(int status, Map<String, String> headers) {
    Response {
      headers = Map.copyOf(headers);
    }

    /** The header's value; empty if there is no such header. */
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private RawHttp() {}

  /**
   * Sends a request with a browser's headers, which are part of the cost of polling.
   *
   * @param moreHeaders lines that each end with a newline
   */
  static Response get(CountingSocket socket, URI server, String path, String moreHeaders)
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
    return new Response(status, headers);
  }

  /** Reads the response's body, still compressed if the response says so. */
  static byte[] body(CountingSocket socket, Response response) throws IOException {
    if (!response.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return socket.read(Integer.parseInt(response.header("content-length")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(socket); size > 0; size = chunkSize(socket)) {
      body.write(socket.read(size));
      line(socket);
    }
    line(socket);
    return body.toByteArray();
  }

  private static int chunkSize(CountingSocket socket) throws IOException {
    return Integer.parseInt(line(socket).split(";", 2)[0].strip(), 16);
  }

  private static String line(CountingSocket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.read(); next != '\n'; next = socket.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }
}

package dev.orderwire.judge.client;

import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.ViewSpec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request for the rows of a view, or for its changes since a position, over plain HTTP.
 *
 * @param since null for the rows
 */
record ApiRequest(ViewSpec view, @Nullable String since) {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
  private static final int RECEIVE_BUFFER = 65_536;

  /**
   * Sends it, and reads the answer.
   *
   * @throws ClientConnection.ClosedByServer for any other status than 200
   */
  JsonNode send(int port, Credential credential) throws IOException {
    String path =
        "/api/tables/%s/%s?%s"
            .formatted(view.table(), since == null ? "rows" : "changes", parameters());
    try (Socket socket =
        ClientConnection.request(
            port, credential.in(path), credential.header(), LONGEST_SILENCE, RECEIVE_BUFFER)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      HttpHead head = HttpHead.read(in);
      String body = head.body(in);
      if (head.status() != 200) {
        throw new ClientConnection.ClosedByServer(head.status(), body);
      }
      return Json.parse(body);
    }
  }

  /** Those of a subscription, without the table, which is in the path. */
  private String parameters() {
    String query = view.query(since, false);
    int others = query.indexOf('&');
    return others < 0 ? "" : query.substring(others + 1);
  }
}

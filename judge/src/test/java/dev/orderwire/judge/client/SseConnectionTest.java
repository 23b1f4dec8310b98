package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseConnectionTest {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
  private static final String REFUSAL =
      "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 20\r\n\r\n{\"error\":{\"code\":1}}";

  private static final String RETRY = "retry: 2000\n\n";
  private static final String FIRST = "event: changes\nid: e-1\ndata: {\"n\":\"ä\"}\n\n";
  private static final String COMMENT = ":\n\n";
  private static final String SECOND = "event: position\nid: e-2\ndata: {\"n\":2}\n\n";

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void aStreamThatEndsInsideAnEventIsALostConnection(String newline) throws IOException {
    List<byte[]> blocks =
        List.of(RETRY, FIRST, COMMENT, SECOND).stream()
            .map(block -> block.replace("\n", newline).getBytes(StandardCharsets.UTF_8))
            .toList();
    byte[] stream = Frames.concat(blocks.toArray(byte[][]::new));
    int afterRetry = blocks.get(0).length;
    int afterFirst = afterRetry + blocks.get(1).length;
    int afterComment = afterFirst + blocks.get(2).length;
    Set<Integer> betweenEvents = Set.of(0, afterRetry, afterFirst, afterComment, stream.length);
    for (int length = 0; length <= stream.length; length++) {
      SseConnection connection =
          new SseConnection(new Socket(), new ByteArrayInputStream(stream, 0, length));
      if (length >= afterFirst) {
        assertThat(connection.next())
            .isEqualTo(new ClientConnection.Message("{\"n\":\"ä\"}", "e-1"));
      }
      if (length == stream.length) {
        assertThat(connection.next()).isEqualTo(new ClientConnection.Message("{\"n\":2}", "e-2"));
      }
      assertThatThrownBy(connection::next)
          .as("cut after %d of %d bytes", length, stream.length)
          .isExactlyInstanceOf(
              betweenEvents.contains(length)
                  ? ClientConnection.ClosedByServer.class
                  : EOFException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OK, REFUSAL})
  void aStreamThatEndsInsideTheResponseIsALostConnection(String response) throws IOException {
    byte[] bytes = CutServer.ascii(response);
    try (CutServer server = new CutServer()) {
      for (int length = 0; length < bytes.length; length++) {
        server.respond(bytes, length);
        assertThatThrownBy(() -> connect(server))
            .as("cut after %d of %d bytes", length, bytes.length)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(ClientConnection.ClosedByServer.class);
      }
    }
  }

  @Test
  void aRefusalGivesStatusAndBody() throws IOException {
    byte[] bytes = CutServer.ascii(REFUSAL);
    try (CutServer server = new CutServer()) {
      server.respond(bytes, bytes.length);
      ClientConnection.ClosedByServer closed =
          catchThrowableOfType(ClientConnection.ClosedByServer.class, () -> connect(server));
      assertThat(closed.code()).isEqualTo(503);
      assertThat(closed).hasMessage("503 {\"error\":{\"code\":1}}");
    }
  }

  private static void connect(CutServer server) throws IOException {
    SseConnection.connect(server.port(), "/events", null, Credential.NONE, SILENCE, 4_096).close();
  }
}

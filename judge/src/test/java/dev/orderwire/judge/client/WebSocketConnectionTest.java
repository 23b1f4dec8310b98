package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebSocketConnectionTest {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
  private static final String REFUSAL =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n"
          + "{\"error\":{\"code\":\"unknown_column\",\"field\":1}}";

  private static final byte[] FRAGMENTED =
      Frames.concat(
          Frames.frame(Frames.FIRST_TEXT, CutServer.ascii("{\"type\":")),
          Frames.frame(Frames.PING, CutServer.ascii("ping")),
          Frames.frame(Frames.FINAL_CONTINUATION, CutServer.ascii("\"pong\"}")));
  private static final byte[] CLOSE = Frames.close(1001, "the server is going away");

  static Stream<Arguments> streams() {
    return Stream.of(
        stream("an empty text", Frames.text("")),
        stream("a text", Frames.text("{\"type\":\"pong\"}")),
        stream("the longest 7-bit length", Frames.text("x".repeat(125))),
        stream("the shortest 16-bit length", Frames.text("x".repeat(126))),
        stream("the longest 16-bit length", Frames.text("x".repeat(65_535))),
        stream("a 64-bit length", Frames.text("x".repeat(65_536))),
        stream("a fragmented text with a ping inside", FRAGMENTED),
        stream(
            "a ping and a text",
            Frames.concat(
                Frames.frame(Frames.PING, CutServer.ascii("p".repeat(125))), Frames.text("{}"))),
        stream(
            "a pong and a text",
            Frames.concat(Frames.frame(Frames.PONG, CutServer.ascii("pong")), Frames.text("{}"))),
        stream("a close", CLOSE),
        stream("a close without a code", Frames.frame(Frames.CLOSE, new byte[0])));
  }

  private static Arguments stream(String name, byte[] bytes) {
    return Arguments.argumentSet(name, (Object) bytes);
  }

  @ParameterizedTest
  @MethodSource("streams")
  void aStreamThatEndsInsideAFrameIsALostConnection(byte[] bytes) {
    for (int length = 0; length < bytes.length; length++) {
      WebSocketConnection connection = connection(bytes, length, OutputStream.nullOutputStream());
      assertThatThrownBy(connection::next)
          .as("cut after %d of %d bytes", length, bytes.length)
          .isExactlyInstanceOf(EOFException.class);
    }
  }

  @Test
  void halfAPingIsNotAnswered() {
    byte[] ping = Frames.frame(Frames.PING, CutServer.ascii("ping"));
    for (int length = 0; length < ping.length; length++) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      WebSocketConnection connection = connection(ping, length, answer);
      assertThatIOException().isThrownBy(connection::next);
      assertThat(answer.toByteArray()).as("cut after %d bytes", length).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 200_000})
  void readsFramesOfAnyLength(int length) throws IOException {
    byte[] bytes = Frames.text("x".repeat(length));
    assertThat(connection(bytes, bytes.length, OutputStream.nullOutputStream()).next().text())
        .hasSize(length)
        .matches("x*");
  }

  @Test
  void readsAFragmentedMessageWithAPingInside() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(connection(FRAGMENTED, FRAGMENTED.length, out).next().text())
        .isEqualTo("{\"type\":\"pong\"}");
    assertThat(out.toByteArray()).containsExactly(0x8a, 0x84, 0, 0, 0, 0, 'p', 'i', 'n', 'g');
  }

  @Test
  void aCloseFrameGivesCodeAndReason() {
    WebSocketConnection connection =
        connection(CLOSE, CLOSE.length, OutputStream.nullOutputStream());
    ClientConnection.ClosedByServer closed =
        catchThrowableOfType(ClientConnection.ClosedByServer.class, connection::next);
    assertThat(closed.code()).isEqualTo(1001);
    assertThat(closed).hasMessage("1001 the server is going away");
  }

  @Test
  void aStreamThatEndsInsideTheHandshakeIsALostConnection() throws IOException {
    byte[] bytes = CutServer.ascii(SWITCHING);
    try (CutServer server = new CutServer()) {
      for (int length = 0; length < bytes.length; length++) {
        server.respond(bytes, length);
        assertThatThrownBy(() -> connect(server))
            .as("cut after %d bytes", length)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(ClientConnection.ClosedByServer.class);
      }
    }
  }

  @Test
  void aStreamThatEndsInsideARefusalIsALostConnection() throws IOException {
    byte[] bytes = CutServer.ascii(REFUSAL);
    try (CutServer server = new CutServer()) {
      for (int length = 0; length < bytes.length; length++) {
        server.respond(bytes, length);
        assertThatThrownBy(() -> connect(server))
            .as("cut after %d bytes", length)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(ClientConnection.ClosedByServer.class);
      }
      server.respond(bytes, bytes.length);
      ClientConnection.ClosedByServer closed =
          catchThrowableOfType(ClientConnection.ClosedByServer.class, () -> connect(server));
      assertThat(closed.code()).isEqualTo(400);
      assertThat(closed).hasMessage("400 " + REFUSAL.substring(REFUSAL.indexOf('{')));
    }
  }

  private static void connect(CutServer server) throws IOException {
    WebSocketConnection.connect(server.port(), "/ws", true, Credential.NONE, SILENCE, 4_096)
        .close();
  }

  private static WebSocketConnection connection(byte[] bytes, int length, OutputStream out) {
    Socket socket =
        new Socket() {
          @Override
          public OutputStream getOutputStream() {
            return out;
          }
        };
    return new WebSocketConnection(socket, new ByteArrayInputStream(bytes, 0, length));
  }
}

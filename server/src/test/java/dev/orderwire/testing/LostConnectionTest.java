package dev.orderwire.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests' own clients, when a server dies in the middle of a response. */
final class LostConnectionTest {
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536})
  void rawSocketReadsOnlyWholeFrames(int length) throws IOException {
    byte[] frame = frame(TEXT, "x".repeat(length).getBytes(StandardCharsets.US_ASCII));
    try (DyingServer server = new DyingServer()) {
      for (int cut : cuts(frame.length)) {
        server.answer(frame, cut);
        try (RawSocket socket = request(server)) {
          assertThatThrownBy(socket::readFrame)
              .as("cut after %d bytes", cut)
              .isInstanceOf(UncheckedIOException.class)
              .hasCauseInstanceOf(EOFException.class);
        }
      }
      server.answer(frame, frame.length);
      try (RawSocket socket = request(server)) {
        assertThat(socket.readFrame().text()).hasSize(length);
      }
    }
  }

  @Test
  void rawSocketReadsOnlyWholeResponses() throws IOException {
    String response = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"rows\":[1]}\n";
    byte[] bytes = response.getBytes(StandardCharsets.US_ASCII);
    try (DyingServer server = new DyingServer()) {
      for (int cut = 0; cut < bytes.length; cut++) {
        server.answer(bytes, cut);
        try (RawSocket socket = request(server)) {
          assertThatThrownBy(socket::readAnswer)
              .as("cut after %d bytes", cut)
              .isInstanceOf(UncheckedIOException.class)
              .hasCauseInstanceOf(EOFException.class);
        }
      }
      server.answer(bytes, bytes.length);
      try (RawSocket socket = request(server)) {
        assertThat(socket.readAnswer()).isEqualTo(response);
      }
    }
  }

  @Test
  void sseClientReadsOnlyWholeEventsAndReportsALostConnection() throws IOException {
    String head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    String first = "event: changes\nid: e-1\ndata: {\"n\":\"ä\"}\n\n";
    byte[] stream = (head + first + ":\n\ndata: {\"n\":2}\n\n").getBytes(StandardCharsets.UTF_8);
    int begin = head.length();
    int afterFirst = begin + first.getBytes(StandardCharsets.UTF_8).length;
    int afterComment = afterFirst + ":\n\n".length();
    try (DyingServer server = new DyingServer()) {
      for (int cut = begin; cut <= stream.length; cut++) {
        server.answer(stream, cut);
        try (SseClient client = SseClient.connect(server.uri("http"))) {
          assertThat(client.awaitEnd())
              .as("cut after %d of %d bytes", cut, stream.length)
              .isEqualTo(
                  cut == begin || cut == afterFirst || cut == afterComment || cut == stream.length);
          assertThat(client.arrived())
              .as("cut after %d of %d bytes", cut, stream.length)
              .hasSize(cut == stream.length ? 2 : cut >= afterFirst ? 1 : 0);
        }
      }
    }
  }

  @Test
  void wsClientReadsOnlyAWholeCloseFrame() throws IOException {
    byte[] frame = frame(CLOSE, new byte[] {0x03, (byte) 0xe9, 'b', 'y', 'e'});
    try (DyingServer server = new DyingServer()) {
      for (int cut = 0; cut <= frame.length; cut++) {
        server.answer(frame, cut);
        try (WsClient client = WsClient.connect(server.uri("ws"))) {
          assertThat(client.closeCode())
              .as("cut after %d of %d bytes", cut, frame.length)
              .isEqualTo(cut == frame.length ? 1001 : 1006);
        }
      }
    }
  }

  private static RawSocket request(DyingServer server) {
    RawSocket socket = RawSocket.connect(server.address());
    socket.send("GET / HTTP/1.1\r\n\r\n");
    return socket;
  }

  /** Every byte of a header and of a short payload; of a long payload, some. */
  private static int[] cuts(int length) {
    return IntStream.range(0, length)
        .filter(cut -> cut < 200 || cut > length - 10 || cut % 997 == 0)
        .toArray();
  }

  private static byte[] frame(int firstByte, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(10 + payload.length).put((byte) firstByte);
    if (payload.length < 126) {
      frame.put((byte) payload.length);
    } else if (payload.length < 65_536) {
      frame.put((byte) 126).putShort((short) payload.length);
    } else {
      frame.put((byte) 127).putLong(payload.length);
    }
    frame.put(payload).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }
}
